"""The inverted index: which of the remembered inputs have a key. Compact, oldest out first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]

# Inputs of one block are frozen together, and blocks merged into larger ones, each eight of those below: a query
# looks into at most 7 + 7 of the small ones, and a merge of the largest is over in half a second. Numbers within
# a block fit 16 bits.
BLOCKS = (1 << 10, 1 << 13, 1 << 16)

# What an outlet writes under each of its articles is in every list. Of a key that more inputs of a block have only
# the first and the last half of so many are kept: the first to be named, the last to outlive the window.
MOST_OF_A_KEY = 128

_NONE = np.empty(0, np.int64)
_TAG_BITS = 16


@dataclass(frozen=True, slots=True)
class Hits:
    """What a query found: the place of a key in the query, and an input that has it; in no order.

    `capped` are the places of keys that have more inputs than are kept.
    """

    places: Numbers
    numbers: Numbers
    capped: Numbers


class Block:
    """The keys of a stretch of inputs, sorted: 16 bits for the input, 16 for the key in its bucket.

    Some 6 bytes a posting, where a dictionary of lists takes over a hundred.
    """

    def __init__(self, first: int, size: int, keys: Keys, numbers: Numbers) -> None:
        """`numbers[i]` is the input that has `keys[i]`; all lie in `first` to `first + size`."""
        order = (keys.astype(np.uint64) << np.uint64(32)) | (numbers - first).astype(np.uint64)
        order.sort()
        order = _capped(order)
        self.first, self.last, self.size = first, first + size - 1, size
        bits = min(26, max(32 - _TAG_BITS, (order.size // 2).bit_length()))
        self._shift = np.uint32(32 - bits)
        self._mask = np.uint32((1 << (32 - bits)) - 1)
        keys = (order >> np.uint64(32)).astype(np.uint32)
        counts = np.bincount(keys >> self._shift, minlength=1 << bits)
        self._starts = np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)
        self._tags = (keys & self._mask).astype(np.uint16)
        self._numbers = order.astype(np.uint16)

    @property
    def nbytes(self) -> int:
        return self._starts.nbytes + self._tags.nbytes + self._numbers.nbytes

    def find(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """Places of keys in the query, and the inputs that have them; places ascend."""
        buckets = keys >> self._shift
        starts = self._starts[buckets].astype(np.int64)
        counts = self._starts[buckets + np.uint32(1)] - starts
        total = int(counts.sum())
        if not total:
            return _NONE, _NONE
        places = np.repeat(np.arange(keys.size), counts)
        at = np.arange(total) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        same = self._tags[at] == (keys & self._mask)[places]
        return places[same], self._numbers[at[same]] + np.int64(self.first)

    def postings(self) -> tuple[Keys, Numbers]:
        """All of them, as they were given."""
        buckets = np.repeat(np.arange(self._starts.size - 1, dtype=np.uint32), np.diff(self._starts))
        return (buckets << self._shift) | self._tags, self._numbers + np.int64(self.first)


class Postings:
    """Keys of 32 bits, evenly spread, and the inputs that have them; inputs are numbered in the order they come.

    What came last is in a dictionary, the rest in blocks. Blocks begin at multiples of their size, so that an
    index that was built anew from the middle answers as the one that was there all along.
    """

    def __init__(self) -> None:
        self._fresh: list[tuple[int, Keys]] = []
        self._recent: dict[int, list[int]] = {}
        self._listed = 0  # how many of the fresh are in the dictionary
        self._blocks: list[Block] = []

    @property
    def nbytes(self) -> int:
        """Bytes of the blocks; the dictionary is for a thousand inputs at most."""
        return sum(block.nbytes for block in self._blocks)

    def add(self, number: int, keys: Keys) -> None:
        """An input, with a number above all before it, and its keys."""
        self._fresh.append((number, keys))

    def settle(self) -> None:
        """Freeze what fills a block. Between two calls `find` and `recent` together see everything."""
        size = BLOCKS[0]
        while self._fresh and self._fresh[0][0] // size < self._fresh[-1][0] // size:
            first = self._fresh[0][0] // size * size
            inside = [pair for pair in self._fresh if pair[0] < first + size]
            self._blocks.append(_block(first, size, inside))
            self._fresh = self._fresh[len(inside) :]
            self._recent, self._listed = {}, 0
        for small, large in pairwise(BLOCKS):
            self._merge(small, large)

    def find(self, keys: Keys) -> Hits:
        """What the blocks have."""
        found = [block.find(keys) for block in self._blocks]
        if not found:
            return Hits(_NONE, _NONE, _NONE)
        capped = [places[_long_runs(places)] for places, _ in found]
        return Hits(
            np.concatenate([places for places, _ in found]),
            np.concatenate([numbers for _, numbers in found]),
            np.unique(np.concatenate(capped)),
        )

    def recent(self, keys: list[int]) -> Iterator[int]:
        """The inputs since the last block that have one of the keys, once for each that they have."""
        for number, held in self._fresh[self._listed :]:
            for key in held.tolist():
                self._recent.setdefault(key, []).append(number)
        self._listed = len(self._fresh)
        for key in keys:
            if key in self._recent:
                yield from self._recent[key]

    def forget(self, before: int) -> None:
        """Drop the blocks that hold only inputs before this one."""
        while self._blocks and self._blocks[0].last < before:
            del self._blocks[0]

    def _merge(self, small: int, large: int) -> None:
        newest = self._blocks[-1].last + 1 if self._blocks else 0
        while True:
            least = next((b for b in self._blocks if b.size == small and b.first // large < newest // large), None)
            if least is None:
                return
            first = least.first // large * large
            inside = [b for b in self._blocks if b.size == small and first <= b.first < first + large]
            keys, numbers = zip(*(block.postings() for block in inside), strict=True)
            place = self._blocks.index(inside[0])
            self._blocks[place : place + len(inside)] = [
                Block(first, large, np.concatenate(keys), np.concatenate(numbers))
            ]


def _block(first: int, size: int, inputs: list[tuple[int, Keys]]) -> Block:
    numbers = np.repeat([number for number, _ in inputs], [keys.size for _, keys in inputs]).astype(np.int64)
    return Block(first, size, np.concatenate([keys for _, keys in inputs]), numbers)


def _capped(order: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Of keys with too many inputs the first and the last."""
    keys = order >> np.uint64(32)
    if order.size <= MOST_OF_A_KEY or not (keys[MOST_OF_A_KEY:] == keys[:-MOST_OF_A_KEY]).any():
        return order
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    counts = np.diff(starts, append=order.size)
    place = np.arange(order.size) - np.repeat(starts, counts)
    left = np.repeat(counts, counts) - place
    half = MOST_OF_A_KEY // 2
    kept: npt.NDArray[np.uint64] = order[(place < half) | (left <= half)]
    return kept


def _long_runs(places: Numbers) -> npt.NDArray[np.bool_]:
    """Where a run of equal places has the full length."""
    full = np.zeros(places.size, np.bool_)
    span = MOST_OF_A_KEY - 1
    if places.size > span:
        full[span:] = places[span:] == places[:-span]
    return full
