"""The rule of the duplicates as a loop over everything that came before: sets of words, no index, no hashes."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.duplicates.fingerprints import comparable
from pipeline.duplicates.verdicts import newer
from pipeline.records import Version

Shingles = frozenset[tuple[str, ...]]


@dataclass
class Told:
    """An input as the loop remembers it."""

    uri: str
    version: Version
    offset: int
    received: int
    text: str | None  # folded, for equality
    state: str  # unique, duplicate, dead
    cluster: int
    words: int = 0
    shingles: Shingles = frozenset()
    root: str | None = None


@dataclass
class Judged:
    """An answer."""

    kind: str
    of: str | None = None
    how: str | None = None
    extends: str | None = None
    promotes: str | None = None
    promoted: bool = False  # later on
    margin: float = 1.0  # how near to a threshold the closest comparison was


def shingles(text: str) -> tuple[int, Shingles]:
    words = text.split()
    return len(words), frozenset(tuple(words[n : n + 3]) for n in range(max(1, len(words) - 2)) if words)


@dataclass
class BruteForce:
    """Judges in order; `hours` is the window."""

    hours: float = 72
    near: float = 0.5
    contained: float = 0.8
    told: list[Told] = field(default_factory=list)
    now: int = 0

    def judge(
        self, uri: str, text: str | None, *, version: Version, offset: int, received: int, kill: bool = False
    ) -> Judged:
        self.now = max(self.now, received)
        horizon = self.now - int(self.hours * 3_600_000)
        while self.told and self.told[0].received < horizon:
            self.told.pop(0)
        current = next((t for t in reversed(self.told) if t.uri == uri and t.state != "superseded"), None)
        if current and not newer(version, offset, current.version, current.offset):
            self.told.append(Told(uri, version, offset, received, None, "superseded", -offset - 1))
            return Judged("superseded")
        folded = None if text is None else comparable(text)
        here = Told(uri, version, offset, received, folded or text, "dead", len(self.told) + 1_000_000 * offset)
        found = Judged("kill" if kill else "withdraw")
        linked: set[int] = set()
        if text is not None:
            here.words, here.shingles = shingles(folded or "")
            found, linked = self._compare(here, horizon, uri)
            here.state = found.kind
        went_on = current is not None and current.state == "unique"
        old = current.cluster if current else None
        if current:
            current.state = "dead"
        if linked:
            for each in self.told:
                each.cluster = here.cluster if each.cluster in linked else each.cluster
        if went_on and not (here.state == "unique" and old in linked):
            found.promotes = self._promote(here.cluster if old in linked else old, horizon)
        self.told.append(here)
        return found

    def _compare(self, here: Told, horizon: int, uri: str) -> tuple[Judged, set[int]]:
        found, linked = Judged("unique"), set()
        # Most have nothing in common, which is soon seen; of two without words the texts may be equal.
        apart = here.shingles.isdisjoint
        for other in [told for told in self.told if not (told.shingles and apart(told.shingles))]:
            if other.uri == uri or other.state not in ("unique", "duplicate") or other.received < horizon:
                continue
            how, margin = self._how(here, other)
            found.margin = min(found.margin, margin)
            if how is None:
                continue
            linked.add(other.cluster)
            if how == "extends":
                found.extends = found.extends or other.uri
            elif found.kind == "unique" and not (other.state == "duplicate" and other.root == uri):
                found.kind, found.of, found.how = "duplicate", other.uri, how
                here.root = other.uri if other.state == "unique" else other.root
        if found.kind == "duplicate":
            found.extends = None
        return found, linked

    def _how(self, here: Told, there: Told) -> tuple[str | None, float]:
        if here.text == there.text:
            return "exact", 1.0
        if min(here.words, there.words) < 12:
            return None, 1.0
        common = len(here.shingles & there.shingles)
        jaccard = common / len(here.shingles | there.shingles)
        inside, around = common / len(here.shingles), common / len(there.shingles)
        margin = min(abs(jaccard - self.near), abs(inside - self.contained), abs(around - self.contained))
        if jaccard >= self.near:
            return "near", margin
        if here.words >= 30 and inside >= self.contained:
            return "contained", margin
        if there.words >= 30 and around >= self.contained:
            return "extends", margin
        return None, margin

    def _promote(self, cluster: int | None, horizon: int) -> str | None:
        members = [t for t in self.told if t.cluster == cluster and t.received >= horizon]
        if any(t.state == "unique" for t in members):
            return None
        waiting = next((t for t in members if t.state == "duplicate"), None)
        if waiting is None:
            return None
        waiting.state = "unique"
        return waiting.uri
