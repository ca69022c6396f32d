"""The labels that the model gives to pieces, in the order of its outputs."""

from __future__ import annotations

from typing import Final

from pipeline.records import EntityType

TYPES: Final[tuple[EntityType, ...]] = ("PER", "LOC", "ORG", "MISC")
OUTSIDE: Final = 0
# O, B-PER, I-PER, B-LOC, …: the beginning of type t is 1 + 2t, its inside 2 + 2t.
LABELS: Final = ["O", *(f"{part}-{kind}" for kind in TYPES for part in "BI")]
