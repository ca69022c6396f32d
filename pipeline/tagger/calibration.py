"""From how sure a model feels to how often it is right: a monotone map for each type, in `calibration.json`.

`pipeline.training.calibration` fits it on held-out text. The file is {"PER": {"raw": […], "calibrated": […]}, …}:
between these points the map runs straight, beyond them it is flat; a type that is not there keeps its scores.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from pipeline.errors import Stop

Knots = tuple[Sequence[float], Sequence[float]]  # raw scores, rising; what they stand for, never falling


class _Map(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    raw: list[float]
    calibrated: list[float]


class Calibration:
    """The maps by type.

    Raises:
        ValueError: points are too few, not in order, or not from 0 to 1.
    """

    def __init__(self, knots: Mapping[str, Knots]) -> None:
        for raw, calibrated in knots.values():
            rising = all(one < other for one, other in pairwise(raw))
            kept = all(one <= other for one, other in pairwise(calibrated))
            inside = all(0 <= value <= 1 for value in (*raw, *calibrated))
            if not (raw and len(raw) == len(calibrated) and rising and kept and inside):
                raise ValueError("points of a calibration are from 0 to 1, and in order")
        self.knots = knots

    @classmethod
    def read(cls, path: Path) -> Calibration:
        """The maps of a file; none, if there is no file.

        Raises:
            Stop: it is no such file.
        """
        if not path.exists():
            return UNCALIBRATED
        try:
            maps = msgspec.json.decode(path.read_bytes(), type=dict[str, _Map])
            return cls({kind: (points.raw, points.calibrated) for kind, points in maps.items()})
        except (ValueError, OSError) as error:
            raise Stop(f"{path} is no calibration: {error}") from error

    def write(self, path: Path) -> None:
        """Into a file that `read` reads."""
        maps = {kind: _Map(list(raw), list(calibrated)) for kind, (raw, calibrated) in self.knots.items()}
        path.write_bytes(msgspec.json.format(msgspec.json.encode(maps), indent=1) + b"\n")

    def score(self, kind: str, raw: float) -> float:
        """What `raw` stands for in a mention of this type; 0.0001 at least, as no mention has a score of 0."""
        if kind not in self.knots:
            return raw
        xs, ys = self.knots[kind]
        at = bisect_right(xs, raw)
        if at == 0 or at == len(xs):
            return max(ys[min(at, len(xs) - 1)], 1e-4)
        share = (raw - xs[at - 1]) / (xs[at] - xs[at - 1])
        return max(ys[at - 1] + share * (ys[at] - ys[at - 1]), 1e-4)


UNCALIBRATED = Calibration({})
