"""The rule: when an earlier text makes a later one a duplicate, and when the later one only extends it.

Nothing here knows of an index: a brute-force loop over `compare` gives the answers that the index must give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.duplicates.fingerprints import MOST_HASHES, Hashes

Kind = Literal["exact", "near", "contained", "extends"]

# Of two texts of which one is a sample, the part that both samples cover must hold so many hashes: fewer prove
# nothing.
LEAST_SAMPLE = 16


@dataclass(frozen=True, slots=True)
class Match:
    """How a later text resembles an earlier one, and how much: 0 to 1."""

    kind: Kind
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The thresholds.

    `near`: Jaccard similarity of the word 3-shingles. `contained`: the share of one text's shingles that are in
    the other; `contained_words` is what the contained one must have. `least_words`: below that only *exact*.
    """

    near: float = 0.5
    contained: float = 0.8
    contained_words: int = 30
    least_words: int = 12

    def matches(
        self, later: Hashes, words: int, earlier: Sequence[Hashes], counts: Sequence[int]
    ) -> list[Match | None]:
        """Compare a text with earlier ones, all of `least_words` or more; their words are `counts`."""
        common = _common(later, earlier)
        return [
            self._match(later, words, other, count, shared)
            for other, count, shared in zip(earlier, counts, common, strict=True)
        ]

    def _match(self, later: Hashes, words: int, earlier: Hashes, count: int, shared: int) -> Match | None:
        here, there = later.size, earlier.size
        if here >= MOST_HASHES or there >= MOST_HASHES:
            here, there = _covered(later, earlier)
            if min(here, there) < LEAST_SAMPLE:
                return None
        jaccard = shared / (here + there - shared)
        if jaccard >= self.near:
            return Match("near", round(jaccard, 4))
        if words >= self.contained_words and shared >= self.contained * here:
            return Match("contained", round(shared / here, 4))
        if count >= self.contained_words and shared >= self.contained * there:
            return Match("extends", round(shared / there, 4))
        return None


def _common(later: Hashes, earlier: Sequence[Hashes]) -> list[int]:
    """How many hashes each has in common with the later one; all of them are sorted, none is empty."""
    together = np.concatenate(earlier)
    places = np.searchsorted(later, together)
    found = later[np.minimum(places, later.size - 1)] == together
    ends = np.cumsum([hashes.size for hashes in earlier])
    totals = np.concatenate(([0], np.cumsum(found)))[ends]
    return list(np.diff(totals, prepend=0).tolist())


def _covered(one: Hashes, other: Hashes) -> tuple[int, int]:
    """How many hashes of each lie where both samples are complete."""
    ends = [hashes[-1] for hashes in (one, other) if hashes.size >= MOST_HASHES]
    end = min(ends)
    return int(np.searchsorted(one, end, "right")), int(np.searchsorted(other, end, "right"))
