"""Sentences of many articles packed into rectangles, in a way that no row's result depends on its neighbours.

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
# Neighbouring windows of a long sentence share this many pieces, and each piece is read in the window in which it
# stands further from the border: 32 pieces of context at least, more than any name has.
OVERLAP = 64


@dataclass(frozen=True, slots=True)
class Window:
    """A row: pieces `start` to `end` of one sentence, of which those from `first` to `last` are read from it."""

    sentence: int
    start: int
    end: int
    first: int
    last: int

    @property
    def width(self) -> int:
        """The rectangle it goes into: the narrowest with room for its pieces and the two special ones."""
        return next(width for width in WIDTHS if self.end - self.start + 2 <= width)


def windows(sentence: int, length: int) -> Iterator[Window]:
    """The rows of a sentence of `length` pieces: together they read each piece exactly once."""
    start = first = 0
    while length - start > WINDOW:
        end = start + WINDOW
        last = end - OVERLAP // 2
        yield Window(sentence, start, end, first, last)
        start, first = end - OVERLAP, last
    if length:
        yield Window(sentence, start, length, first, length)


def batches(lengths: Sequence[int]) -> Iterator[list[Window]]:
    """Sentences of these lengths (in pieces) as rectangles: rows of one width, as many as one of HEIGHTS."""
    by_width: defaultdict[int, list[Window]] = defaultdict(list)
    for sentence, length in enumerate(lengths):
        for window in windows(sentence, length):
            by_width[window.width].append(window)
    for _, rows in sorted(by_width.items()):
        at = 0
        while at < len(rows):
            height = next(height for height in HEIGHTS if height <= len(rows) - at)
            yield rows[at : at + height]
            at += height
