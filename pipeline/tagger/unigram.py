"""How usual a word's spelling is, by the unigram model of the tokenizer that ships."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from pipeline.errors import Stop

_UNKNOWN_SCORE = -20.0  # below that of any piece


class Unigram:
    """The unigram model in a tokenizer's file.

    Raises:
        Stop: the file cannot be read, or holds no such model.
    """

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        try:
            content = path.read_bytes()
            self._scores: dict[str, float] = dict(orjson.loads(content)["model"]["vocab"])
            self._tokenizer: Any = Tokenizer.from_buffer(content)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise Stop(f"the entity model's {path} cannot be loaded: {error}") from error
        self.likelihood = lru_cache(10_000)(self._likelihood)

    def _likelihood(self, word: str) -> float:
        """Log probability of a word's best pieces."""
        pieces = self._tokenizer.encode(word, add_special_tokens=False).tokens
        return sum(self._scores.get(piece, _UNKNOWN_SCORE) for piece in pieces)
