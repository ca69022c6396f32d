"""Whether scores mean what they say: of mentions with a score of 0.9, nine in ten should be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 10
THRESHOLDS = (0.5, 0.7, 0.9)


def reliability(scores: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """What scores, 0 to 1, say of answers that are strictly right or not.

    Returns:
        expected_calibration_error: the mean distance of a bin's share of right answers from its mean score,
            weighted by its answers (Naeini, Cooper and Hauskrecht, 2015); ten bins of equal width.
        brier: the mean square of score less outcome.
        bins: of the bins that hold answers: `from`, `to`, `mentions`, mean `score`, share `right`.
        precision_at: for 0.5, 0.7 and 0.9: of the answers with at least that score `mentions`, how many they are,
            and `precision`, how many of them are right; null where there are none.
    """
    said, true = np.array(scores, dtype=np.float64), np.array(right, dtype=np.float64)
    bins = _bins(said, true)
    gaps = [row["mentions"] * abs(row["score"] - row["right"]) for row in bins]
    return {
        "expected_calibration_error": _rounded(sum(gaps) / len(said)) if len(said) else 0.0,
        "brier": _rounded(np.square(said - true).mean()) if len(said) else 0.0,
        "bins": [{name: _rounded(value) for name, value in row.items()} for row in bins],
        "precision_at": {str(threshold): _above(said, true, threshold) for threshold in THRESHOLDS},
    }


def _bins(said: NDArray[np.float64], true: NDArray[np.float64]) -> list[dict[str, Any]]:
    numbers = np.minimum((said * BINS).astype(int), BINS - 1)
    return [
        {
            "from": number / BINS,
            "to": (number + 1) / BINS,
            "mentions": int((numbers == number).sum()),
            "score": float(said[numbers == number].mean()),
            "right": float(true[numbers == number].mean()),
        }
        for number in np.unique(numbers).tolist()
    ]


def _above(said: NDArray[np.float64], true: NDArray[np.float64], threshold: float) -> dict[str, Any]:
    chosen = true[said >= threshold]
    return {"mentions": len(chosen), "precision": _rounded(chosen.mean()) if len(chosen) else None}


def _rounded(value: Any) -> Any:
    return value if isinstance(value, int) else round(float(value), 4)
