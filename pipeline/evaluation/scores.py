"""Precision, recall and F1 of spans: strict, an answer counts only with exact borders and the right type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass
class Tally:
    """What was right, found and wanted so far. All scores are 0 to 1, and 0 where nothing is there to divide."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, found: Iterable[Hashable], wanted: Iterable[Hashable]) -> None:
        """Count one document. Repeats count once."""
        answers, truth = set(found), set(wanted)
        self.right += len(answers & truth)
        self.found += len(answers)
        self.wanted += len(truth)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0

    def shares(self) -> dict[str, float]:
        """precision, recall and f1, rounded to 4 decimals."""
        return {name: round(getattr(self, name), 4) for name in ("precision", "recall", "f1")}


class SpanScores:
    """Strict scores over all types together (micro) and for each type."""

    def __init__(self) -> None:
        self.all = Tally()
        self.by_type: defaultdict[str, Tally] = defaultdict(Tally)

    def add(self, found: Iterable[tuple[int, int, str]], wanted: Iterable[tuple[int, int, str]]) -> None:
        """Count one document: spans are (start, end, type)."""
        answers, truth = set(found), set(wanted)
        self.all.add(answers, truth)
        for kind in {span[2] for span in answers | truth}:
            self.by_type[kind].add(
                (span for span in answers if span[2] == kind), (span for span in truth if span[2] == kind)
            )
