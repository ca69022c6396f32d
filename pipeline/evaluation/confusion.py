"""What is taken for what: true type against found type."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pipeline.evaluation.alignment import aligned
from pipeline.evaluation.annotated import Span

MISSED, SPURIOUS = "missed", "spurious"


def confusion(
    documents: Iterable[tuple[Collection[Span], Collection[Span]]], types: Sequence[str]
) -> dict[str, Any]:
    """Counts over documents (true spans, found spans), paired by overlap (`alignment`).

    Returns:
        types: for each true type, and `spurious`, how many were found as each type, and `missed`.
        wrong_borders: for each type, how many of those found as what they are have other borders.
    """
    counts = {row: dict.fromkeys((*types, MISSED), 0) for row in types}
    counts[SPURIOUS] = dict.fromkeys(types, 0)
    borders = dict.fromkeys(types, 0)
    for gold, found in documents:
        for one, other in aligned(gold, found):
            counts[one[2] if one else SPURIOUS][other[2] if other else MISSED] += 1
            if one and other and one[2] == other[2] and one != other:
                borders[one[2]] += 1
    return {"types": counts, "wrong_borders": borders}
