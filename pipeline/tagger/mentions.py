"""A mention: where an article names something."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import EntityType


@dataclass(frozen=True, slots=True)
class Mention:
    """Code points `start` to `end` of the article, half-open, never empty and without space at the edges.

    `score` is the model's probability of its labels, 0 to 1, averaged over the name and rounded to 4 decimals.
    """

    start: int
    end: int
    type: EntityType
    score: float
