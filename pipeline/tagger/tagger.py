"""The contract of every tagger."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from pipeline.tagger.mentions import Mention


class Tagger(ABC):
    """Finds named entities, by the conventions of ENTITIES: four types, flat, clitics outside."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Name and content hash of the model: the same string, the same weights and tokenizer."""

    @abstractmethod
    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        """The mentions of each text, in order and without overlap.

        Offsets are code points into that text. What is found in a text depends on that text alone, to the bit:
        not on the others of the call, their number, or their order (on one CPU, with one precision).

        Raises:
            Retry: the model was lost or took too long; the same call may succeed, more so with fewer texts.
            Stop: the model cannot be loaded.
        """

    def ready(self) -> bool:
        """Whether the model is there. Does not wait.

        Raises:
            Stop: the model cannot be loaded.
        """
        return True

    def close(self) -> None:  # noqa: B027 - not all hold something
        """Give back what the tagger holds. May be called twice."""
