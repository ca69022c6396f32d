"""Passages of many articles packed into rectangles, in a way that no row's result depends on its neighbours.

What was measured on OpenVINO 2026.4 (CPU with AMX; int8 model; precision f32 and bf16), row by row against the row
alone and unpadded: other rows' content, their number and the row's place change nothing, to the bit. The padded
length does: sums over the keys are rounded otherwise (logits move by up to 0.16 in f32), and in bf16 a row padded
to exactly 32 loses its mask (logits off by up to 4.8). So a row's width follows from its own length alone, and no
width is 32; tests/contract/test_batch_mates.py holds both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Pieces of a row with its two special ones; training rows have up to 194. Seven widths keep the padding under a
# fifth on news; every new (height, width) costs OpenVINO some 40 ms once, so there are not more of them.
WIDTHS = (16, 28, 44, 64, 96, 136, 192)
# Rows of a rectangle: the largest that can be filled. More than 16 rows gain nothing on two cores.
HEIGHTS = (16, 4, 1)
WINDOW = WIDTHS[-1] - 2
# Neighbouring windows of a long passage share this many pieces, and each piece is read in the window in which it
# stands further from the border: 32 pieces of context at least, more than any name has.
OVERLAP = 64


@dataclass(frozen=True, slots=True)
class Window:
    """A row: pieces `start` to `end` of one passage, of which those from `first` to `last` are read from it."""

    passage: int
    start: int
    end: int
    first: int
    last: int

    @property
    def width(self) -> int:
        """The rectangle it goes into: the narrowest with room for its pieces and the two special ones."""
        return next(width for width in WIDTHS if self.end - self.start + 2 <= width)


def windows(passage: int, length: int) -> Iterator[Window]:
    """The rows of a passage of `length` pieces: together they read each piece exactly once."""
    start = first = 0
    while length - start > WINDOW:
        end = start + WINDOW
        last = end - OVERLAP // 2
        yield Window(passage, start, end, first, last)
        start, first = end - OVERLAP, last
    if length:
        yield Window(passage, start, length, first, length)


def passages(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of sentences that one row reads together, for a text's sentences of these lengths.

    A name is easier to know where the sentences beside it name it too. There are as few runs as can be, of as like
    a size as can be; a sentence that is longer than a row is a run of its own.
    """
    ends = _runs(lengths, WINDOW)
    small = -(-sum(lengths) // max(1, len(ends)))
    for room in range(small, WINDOW):
        if len(tighter := _runs(lengths, room)) == len(ends):
            ends = tighter
            break
    first = 0
    for last in ends:
        yield first, last
        first = last


def _runs(lengths: Sequence[int], room: int) -> list[int]:
    """Where runs of at most `room` pieces end, taken greedily."""
    ends: list[int] = []
    held = 0
    for place, length in enumerate(lengths):
        if place and held + length > room:
            ends.append(place)
            held = 0
        held += length
    return [*ends, len(lengths)] if lengths else []


def batches(lengths: Sequence[int]) -> Iterator[list[Window]]:
    """Passages of these lengths (in pieces) as rectangles: rows of one width, as many as one of HEIGHTS."""
    by_width: defaultdict[int, list[Window]] = defaultdict(list)
    for passage, length in enumerate(lengths):
        for window in windows(passage, length):
            by_width[window.width].append(window)
    for _, rows in sorted(by_width.items()):
        at = 0
        while at < len(rows):
            height = next(height for height in HEIGHTS if height <= len(rows) - at)
            yield rows[at : at + height]
            at += height
