"""What is true of a set of texts: how much any two of them share, counted over exact shingles, without hashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.duplicates.fingerprints import comparable
from pipeline.duplicates.rule import Rule

Ids = npt.NDArray[np.int64]

_WORD_BITS = 21


class Truth:
    """The exact shingle sets of texts, which are numbered as they are given."""

    def __init__(self, texts: Sequence[str], rule: Rule) -> None:
        self._rule = rule
        self._folded = [comparable(text) or text for text in texts]
        self._words: list[int] = []
        numbers: dict[str, int] = {}
        sets = []
        for folded in self._folded:
            words = np.array([numbers.setdefault(word, len(numbers)) for word in folded.split()], np.int64)
            self._words.append(words.size)
            sets.append(_shingles(words))
        if len(numbers) >= 1 << _WORD_BITS:
            raise ValueError(f"{len(numbers):,} different words are too many")
        _, inverse = np.unique(np.concatenate(sets), return_inverse=True)
        ends = np.cumsum([each.size for each in sets])
        self.sets: list[Ids] = np.split(inverse.astype(np.int64), ends[:-1])

    def is_link(self, later: int, earlier: int, tolerance: float) -> bool:
        """Does the earlier text make the later one a duplicate, give or take the tolerance?"""
        if self._folded[later] == self._folded[earlier]:
            return True
        rule, one, other = self._rule, self.sets[later], self.sets[earlier]
        if min(self._words[later], self._words[earlier]) < rule.least_words:
            return False
        common = np.intersect1d(one, other, assume_unique=True).size
        if common / (one.size + other.size - common) >= rule.near - tolerance:
            return True
        return self._words[later] >= rule.contained_words and common / one.size >= rule.contained - tolerance

    def contained(self, order: Sequence[int]) -> set[int]:
        """The texts that one earlier in `order` contains, and none that comes earlier is near to: all pairs."""
        rule = self._rule
        sizes = np.array([each.size for each in self.sets])
        posted: list[list[int]] = [[] for _ in range(1 + max(int(each.max()) for each in self.sets if each.size))]
        found = set()
        for number in order:
            own = self.sets[number]
            lists = [posted[shingle] for shingle in own.tolist()]
            if self._words[number] >= rule.least_words:
                common = np.bincount([other for each in lists for other in each], minlength=sizes.size)
                near = common >= rule.near * (sizes + own.size - common)
                inside = common >= rule.contained * own.size
                if self._words[number] >= rule.contained_words and inside.any() and not near.any():
                    found.add(number)
                for each in lists:
                    each.append(number)
        return found


def _shingles(words: Ids) -> Ids:
    """The different 3-shingles of words by number; of one or two words a single one."""
    if words.size < 3:
        words = np.concatenate((words, np.full(3 - words.size, (1 << _WORD_BITS) - 1))) if words.size else words
    if not words.size:
        return words
    return np.unique((words[:-2] << (2 * _WORD_BITS)) | (words[1:-1] << _WORD_BITS) | words[2:])
