"""How far scores would stray on another sample of such texts: the bootstrap (Efron, 1979).

The units that are drawn are documents (sentences, where a file has columns), not entities: those of one text are
right or wrong together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.annotated import Span

# With 2,000 samples the ends of an interval move by less than a tenth of its width from seed to seed.
RESAMPLES = 2_000
SEED = 20_250
LEVEL = 95
RATES = ("precision", "recall", "f1")


def counted(
    documents: Iterable[tuple[Collection[Span], Collection[Span]]], types: Sequence[str]
) -> NDArray[np.float64]:
    """(true spans, found spans) of each document as counts of the shape (documents, 1 + types, 3).

    The second axis is all types together, then each; the third how many are right, found and wanted.
    """
    rows = []
    for gold, found in documents:
        right = set(gold) & set(found)
        kinds = [_of_type(right, kind, found, gold) for kind in types]
        rows.append([[sum(column) for column in zip(*kinds, strict=True)], *kinds])
    return np.array(rows, dtype=np.float64)


def intervals(counts: NDArray[np.float64], types: Sequence[str]) -> dict[str, Any]:
    """95 % percentile intervals of precision, recall and F1, [from, to], of `counted` documents.

    Returns:
        precision, recall, f1: over all types; by_type: the same for each.
    """
    low, high = ends(rates(resampled(counts)))
    both = np.stack([low, high], axis=-1).tolist()
    named = [dict(zip(RATES, row, strict=True)) for row in both]
    return {**named[0], "by_type": dict(zip(types, named[1:], strict=True))}


def resampled(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of counts (documents, …) over as many documents drawn with replacement: (RESAMPLES, …)."""
    chance = np.random.default_rng(SEED)
    drawn = [
        np.bincount(chance.integers(len(counts), size=len(counts)), minlength=len(counts))
        for _ in range(RESAMPLES)
    ]
    return np.tensordot(np.array(drawn, dtype=np.float64), counts, axes=1)


def rates(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Precision, recall and F1 in the last axis, of right, found and wanted; 0 where nothing is to be divided."""
    right, found, wanted = np.moveaxis(sums, -1, 0)
    return np.stack([_share(right, found), _share(right, wanted), _share(2 * right, found + wanted)], axis=-1)


def ends(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the middle LEVEL % of the values in the first axis begin and end, to 4 decimals."""
    low, high = np.percentile(values, [(100 - LEVEL) / 2, (100 + LEVEL) / 2], axis=0).round(4)
    return low, high


def _of_type(right: set[Span], kind: str, found: Iterable[Span], gold: Iterable[Span]) -> list[int]:
    return [sum(span[2] == kind for span in spans) for spans in (right, found, gold)]


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
