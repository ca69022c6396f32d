"""Which tagger a model's name stands for: `shipped`, a folder of weights that we made, or a Hugging Face model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Stop
from pipeline.tagger.files import MODEL, WEIGHTS
from pipeline.tagger.tagger import Tagger

if TYPE_CHECKING:
    from pipeline.tagger.encoder import Precision

SHIPPED = "shipped"


@dataclass(frozen=True)
class EntityModel:
    """A model by its name or path, and for a Hugging Face model how its labels map (KHABAR_ENTITY_LABELS)."""

    name: str = SHIPPED
    labels: str = ""

    @property
    def folder(self) -> Path | None:
        """Where weights of our own making lie; None where it is a Hugging Face model.

        Raises:
            Stop: it is a folder that holds neither.
        """
        if self.name in ("", SHIPPED):
            return WEIGHTS
        path = Path(self.name).expanduser()
        if (path / MODEL).exists():
            return path
        if path.is_dir() and not (path / "config.json").exists():
            raise Stop(f"no entity model in {path}: it holds neither {MODEL} nor a Hugging Face config.json")
        return None

    def open(self, precision: Precision = "auto", threads: int = 0) -> Tagger:
        """Its tagger in this very process. `precision` is for weights of our own making; the others are in f32.

        Raises:
            Stop: it cannot be loaded; the message says what a person can do.
        """
        if folder := self.folder:
            from pipeline.tagger.local import LocalTagger

            return LocalTagger(folder, precision=precision, threads=threads)
        from pipeline.tagger.huggingface.tagger import HuggingFaceTagger

        return HuggingFaceTagger(self.name, labels=self.labels, threads=threads)
