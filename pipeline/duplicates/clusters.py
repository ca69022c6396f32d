"""Which articles belong together: whatever is linked, however late the link comes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Cluster:
    """Two articles or more. `members` are input numbers in order; some may have left the window."""

    name: str
    members: array[int] = field(default_factory=lambda: array("q"))


class Clusters:
    """Joins clusters; each is labelled by the number of the input that it began with.

    An article that is linked to nothing is a cluster by itself, of which nothing is kept here. A cluster never
    falls apart: what it was linked by may be gone, but its articles told one story.
    """

    def __init__(self) -> None:
        self._clusters: dict[int, Cluster] = {}

    def __iter__(self) -> Iterator[tuple[int, Cluster]]:
        return iter(self._clusters.items())

    def name(self, label: int) -> str | None:
        """The name of a cluster of two or more."""
        cluster = self._clusters.get(label)
        return cluster.name if cluster else None

    def members(self, label: int) -> array[int]:
        """The members of this cluster in order; of a lonely article itself."""
        cluster = self._clusters.get(label)
        return cluster.members if cluster else array("q", [label])

    def join(self, number: int, labels: Iterable[int], name: str) -> tuple[int, array[int]]:
        """Put a new input and all these clusters into one, called `name`, under the smallest of the labels.

        Returns that label, and the members that have changed theirs.
        """
        ordered = sorted(set(labels))
        label = ordered[0]
        cluster = self._clusters.setdefault(label, Cluster(name, array("q", [label])))
        moved = array("q", [number])
        for other in ordered[1:]:
            moved.extend(self.members(other))
            self._clusters.pop(other, None)
        cluster.members.extend(moved)
        if len(ordered) > 1:
            cluster.members = array("q", sorted(cluster.members))
        return label, moved

    def leave(self, number: int, label: int) -> None:
        """An input has left the window; it is the oldest of its cluster."""
        cluster = self._clusters.get(label)
        if cluster is None:
            return
        while cluster.members and cluster.members[0] <= number:
            del cluster.members[0]
        if not cluster.members:
            del self._clusters[label]
