"""Whether two models differ by more than luck, on the same documents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.intervals import SEED, ends, rates, resampled

# The smallest p-value that can come out is 1 in so many.
ROUNDS = 10_000
_AT_ONCE = 500  # rounds: bounds the memory, on files of any length
_F1 = 2


def randomised(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Approximate randomisation (Noreen, 1989; Yeh, 2000) of the F1 difference of two models.

    If the models were alike, it would not matter which of them gave which answer to a document. So the two answers
    to each document are swapped or not, at random, and it is counted how often F1 differs as much as it did. Both
    arguments are `intervals.counted` of the same documents.

    Returns:
        p-values, two-sided, for all types together and for each type.
    """
    chance = np.random.default_rng(SEED)
    totals = one.sum(axis=0), other.sum(axis=0)
    observed = np.abs(_f1(totals[1]) - _f1(totals[0]))
    as_large = np.zeros_like(observed)
    for _ in range(ROUNDS // _AT_ONCE):
        swap = chance.integers(2, size=(_AT_ONCE, len(one))).astype(np.float64)
        moved = np.tensordot(swap, other - one, axes=1)
        difference = np.abs(_f1(totals[1] - moved) - _f1(totals[0] + moved))
        as_large += (difference >= observed - 1e-12).sum(axis=0)
    return (as_large + 1) / (ROUNDS + 1)


def difference(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """F1 of `other` less that of `one`, and the ends of its 95 % interval by the paired bootstrap.

    Each sample draws the same documents for both models, so that what is hard for both does not count as luck.
    """
    both = rates(resampled(np.stack([one, other], axis=1)))[..., _F1]
    low, high = ends(both[:, 1] - both[:, 0])
    return _f1(other.sum(axis=0)) - _f1(one.sum(axis=0)), low, high


def _f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return rates(sums)[..., _F1]
