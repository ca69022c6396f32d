"""A mention: where an article names something."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import EntityType


@dataclass(frozen=True, slots=True)
class Mention:
    """Code points `start` to `end` of the article, half-open, never empty and without space at the edges.

    `score`, above 0 and at most 1 with 4 decimals, says how likely the mention is right, borders and type: with a
    calibrated model, of those with 0.9 nine in ten are.
    """

    start: int
    end: int
    type: EntityType
    score: float
