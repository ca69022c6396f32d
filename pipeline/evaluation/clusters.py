"""B³ and LEA: how well mentions are put together, against how people have done it.

B³: Bagga and Baldwin, Entity-Based Cross-Document Coreferencing Using the Vector Space Model, COLING-ACL 1998.
LEA: Moosavi and Strube, Which Coreference Evaluation Metric Do You Trust?, ACL 2016.
Any key will do for a mention; one that only one side has counts against the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.resampling import interval, ratio

# A document: which thing each mention is of, its key an extent as a rule.
Clusters = Mapping[Hashable, Hashable]
Parts = NDArray[np.float64]


class ClusterScores:
    """Sums over documents for one measure: recall and precision, each above and below its line."""

    def __init__(self) -> None:
        self._parts: list[tuple[float, float, float, float]] = []

    def add(self, recall: tuple[float, float], precision: tuple[float, float]) -> None:
        """Count one document."""
        self._parts.append((*recall, *precision))

    def scores(self) -> dict[str, object]:
        """precision, recall, f1 (4 decimals) and the 95 % bootstrap `interval` of f1 over documents."""
        parts = np.array(self._parts, dtype=np.float64).reshape(-1, 4)
        recall, precision = ratio(parts[:, :2]), ratio(parts[:, 2:])
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(_f1(parts), 4),
            "interval": interval(len(parts), lambda picks: _f1(parts[picks])),
        }


def _f1(parts: Parts) -> float:
    recall, precision = ratio(parts[:, :2]), ratio(parts[:, 2:])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def b_cubed(wanted: Clusters, found: Clusters) -> tuple[float, float]:
    """The recall of `found` as a sum over mentions, and how many there are; precision with the two exchanged."""
    theirs = _members(found)
    total = 0.0
    for mentions in _members(wanted).values():
        for mention in mentions:
            if mention in found:
                total += len(mentions & theirs[found[mention]]) / len(mentions)
    return total, float(len(wanted))


def lea(wanted: Clusters, found: Clusters) -> tuple[float, float]:
    """The same by links: of a thing with one mention that is the link to itself."""
    theirs = _members(found)
    total = 0.0
    for mentions in _members(wanted).values():
        overlaps = {found[mention] for mention in mentions if mention in found}
        if len(mentions) == 1:
            resolved = float(any(theirs[thing] == mentions for thing in overlaps))
        else:
            resolved = sum(_links(len(mentions & theirs[thing])) for thing in overlaps) / _links(len(mentions))
        total += len(mentions) * resolved
    return total, float(len(wanted))


def _members(clusters: Clusters) -> dict[Hashable, set[Hashable]]:
    members: dict[Hashable, set[Hashable]] = {}
    for mention, thing in clusters.items():
        members.setdefault(thing, set()).add(mention)
    return members


def _links(mentions: int) -> float:
    return mentions * (mentions - 1) / 2


def compare(scores: Mapping[str, ClusterScores], wanted: Clusters, found: Clusters) -> None:
    """Count one document for `b3` and `lea`."""
    for name, measure in (("b3", b_cubed), ("lea", lea)):
        scores[name].add(measure(wanted, found), measure(found, wanted))


def new_scores(names: Sequence[str] = ("b3", "lea")) -> dict[str, ClusterScores]:
    """Nothing counted yet."""
    return {name: ClusterScores() for name in names}
