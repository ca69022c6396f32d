"""Bootstrap intervals: how far a score would move, had the articles been others of the same kind.

Percentile bootstrap (Efron 1979): the units are drawn again with replacement, as many as there are. The draws are
seeded, so that a score always comes with the same interval.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
LEVEL = 0.95
_SEED = 20150701

Picks = NDArray[np.intp]


def interval(units: int, score: Callable[[Picks], float], draws: int = DRAWS) -> list[float]:
    """The 95 % interval of `score`, [low, high], 4 decimals; [0, 0] where there are no units.

    `score` is given the numbers of the units drawn, 0 to `units - 1`, with repeats.
    """
    if not units:
        return [0.0, 0.0]
    drawn = np.random.default_rng(_SEED)
    scores = [score(drawn.integers(0, units, units)) for _ in range(draws)]
    edge = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(scores, [edge, 100 - edge])
    return [round(float(low), 4), round(float(high), 4)]


def interval_of_ratio(parts: NDArray[np.float64], draws: int = DRAWS) -> list[float]:
    """The same for a ratio of sums: a row a unit, of (above, below) the line."""
    return interval(len(parts), lambda picks: ratio(parts[picks]), draws)


def ratio(parts: NDArray[np.float64]) -> float:
    """The sum of the first column over that of the second, 0 where there is nothing below the line."""
    above, below = parts.sum(axis=0) if len(parts) else (0.0, 0.0)
    return float(above / below) if below else 0.0
