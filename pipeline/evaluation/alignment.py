"""Which found span answers which true one: pairs that overlap, each span used once."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.evaluation.annotated import Span


def aligned(gold: Collection[Span], found: Collection[Span]) -> list[tuple[Span | None, Span | None]]:
    """Pairs (true, found) in text order; None where a true span was missed, or a found one is spurious.

    Pairs are made greedily: first what is right, then same borders, then the larger overlap, then the earlier.
    """
    candidates = sorted(
        ((one, other) for one in gold for other in found if one[0] < other[1] and other[0] < one[1]),
        key=_preference,
    )
    rest_gold, rest_found = set(gold), set(found)
    pairs: list[tuple[Span | None, Span | None]] = []
    for one, other in candidates:
        if one in rest_gold and other in rest_found:
            rest_gold.remove(one)
            rest_found.remove(other)
            pairs.append((one, other))
    pairs += [(one, None) for one in rest_gold]
    pairs += [(None, other) for other in rest_found]
    return sorted(pairs, key=_place)


def _place(pair: tuple[Span | None, Span | None]) -> tuple[int, int, bool]:
    start, end, _ = pair[0] or pair[1] or (0, 0, "")
    return start, end, pair[0] is None


def _preference(pair: tuple[Span, Span]) -> tuple[bool, bool, int, Span, Span]:
    one, other = pair
    overlap = min(one[1], other[1]) - max(one[0], other[0])
    return one != other, one[:2] != other[:2], -overlap, one, other
