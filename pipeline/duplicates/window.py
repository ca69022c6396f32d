"""The window: what the one owner of `news.arabic` remembers, in the order of that topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np

from pipeline.duplicates import search
from pipeline.duplicates.clusters import Clusters
from pipeline.duplicates.fingerprints import Signature
from pipeline.duplicates.matching import Matches, matches
from pipeline.duplicates.memory import DEAD, DUPLICATE, UNIQUE, Memory, hash_of
from pipeline.duplicates.postings import Postings
from pipeline.duplicates.rule import Rule
from pipeline.duplicates.verdicts import Promotion, Resemblance, Verdict, encoded, newer
from pipeline.errors import Reject
from pipeline.records import Version, shown

HOUR_MS = 3_600_000

# A log from which more verdicts are missing than this is no log of ours.
LONGEST_GAP = 100_000

_STATES = {"unique": UNIQUE, "duplicate": DUPLICATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a judgement goes by: whence, when (broker's milliseconds), which version of which uri, which text.

    `offset` is that on `news.raw`, `position` that on `news.arabic`; a notice has no signature.
    `lost` is the input that a later stage has rejected, where that is what the notice says.
    """

    input: str
    received: int
    offset: int
    position: int
    uri: str
    version: Version
    signature: Signature | None = None
    outlet: str | None = None
    lost: str | None = None


@dataclass(slots=True)
class Evicted:
    """How many inputs have been forgotten, by the reason, since somebody asked."""

    age: int = 0
    limit: int = 0

    def taken(self) -> dict[str, int]:
        """The counts; they begin anew."""
        counts = {"age": self.age, "limit": self.limit}
        self.age = self.limit = 0
        return counts


@dataclass(slots=True)
class Window:
    """Judges articles and notices one after the other, and forgets what the window has left behind.

    Its clock is the highest `received` it has seen, so that the same log gives the same answers whenever it
    is read. Judging remembers nothing; `apply` does, and applying the verdicts of a log in order rebuilds it.
    At most `limit` inputs are remembered; the oldest go first.
    """

    hours: float
    limit: int
    rule: Rule = field(default_factory=Rule)
    evicted: Evicted = field(default_factory=Evicted, init=False)
    memory: Memory = field(default_factory=Memory, init=False)
    clusters: Clusters = field(default_factory=Clusters, init=False)
    _postings: Postings = field(default_factory=Postings, init=False)
    _now: int = field(default=0, init=False)

    def __len__(self) -> int:
        return len(self.memory)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the verdicts, their columns and the index take."""
        return self.memory.nbytes + self._postings.nbytes

    @property
    def age_ms(self) -> int:
        """From the oldest input that is remembered to the newest."""
        return self._now - self.memory.one("received", self.memory.first) if len(self) else 0

    def settle(self) -> None:
        """Bring the index into its compact form; not between `look` and `judge`, which would then miss some."""
        self._postings.settle()

    def look(self, items: Sequence[Input]) -> list[search.Sighting]:
        """Search for a batch at once, before it is judged."""
        self.settle()
        keys = [search.keys_of(item.input, item.uri, item.signature, self.rule) for item in items]
        return search.sightings(self._postings, keys)

    def known(self, item: Input, seen: search.Sighting) -> Verdict | None:
        """The verdict that this input has got before."""
        for number in self._having(search.INPUT, seen):
            verdict = self.memory.verdict(number)
            if verdict.input == item.input:
                return verdict
        return None

    def judge(self, item: Input, seen: search.Sighting, *, kill: bool = False) -> Verdict:
        """Unique, a duplicate, or superseded; of a notice (which has no signature) a kill or a withdrawal.

        Time passes with the input that is judged: what has left the window by then counts no more.
        """
        self._advance(item.received)
        number, before = self._current(item, seen)
        rejected = before is not None and before.input == item.lost
        if before and not rejected and not newer(item.version, item.offset, before.version, before.offset):
            return self._verdict(item, kind="superseded", newer=shown(before.version))
        went_on = number is not None and self.memory.one("state", number) == UNIQUE
        if item.signature is None:
            promotes = self._promotion(number, []) if went_on else None
            return self._verdict(
                item, kind="kill" if kill else "withdraw", replaces=number, withdraws=went_on, promotes=promotes
            )
        found = self._matches(item, item.signature, seen)
        return self._article(item, item.signature, found, replaces=number, went_on=went_on)

    def apply(self, verdict: Verdict, value: bytes | None = None) -> None:
        """Remember a verdict, of which `value` is the record. One that is remembered changes nothing.

        Raises:
            Reject: too many are missing between this one and the last.
        """
        if len(self) == 0 and verdict.number > self.memory.next:
            self.memory = Memory(verdict.number)
        if verdict.number < self.memory.next:
            return
        self._bridge(verdict)
        self._advance(verdict.received)
        self._make_room()
        if verdict.replaces is not None:
            self.memory.put("state", verdict.replaces, DEAD)
        if verdict.promotes:
            self.memory.put("state", verdict.promotes.number, UNIQUE)
        label = verdict.number
        if verdict.links and verdict.cluster:
            label, moved = self.clusters.join(verdict.number, verdict.links, verdict.cluster)
            self.memory.put("label", moved[1:], label)
        self._remember(verdict, value or encoded(verdict), label)

    def name(self, label: int) -> str:
        """The name of the cluster with this label."""
        return self.clusters.name(label) or cluster_name(self.memory.verdict(label))

    def _article(
        self, item: Input, signature: Signature, found: Matches, *, replaces: int | None, went_on: bool
    ) -> Verdict:
        links = sorted(found.labels)
        names = [self.name(label) for label in links]
        own = cluster_name_of(item.uri, signature)
        if found.duplicate is None:
            extends = None if found.extends is None else self.memory.verdict(found.extends).uri
            # A new version that stays in the cluster stands for it.
            stays = replaces is not None and self.memory.one("label", replaces) in links
            promotes = self._promotion(replaces, links) if went_on and not stays else None
            return self._verdict(
                item, kind="unique", replaces=replaces, promotes=promotes, extends=extends,
                cluster=names[0] if names else own, links=links, joins=names[1:],
            )  # fmt: skip
        number, match = found.duplicate
        other = self.memory.verdict(number)
        stands = self.memory.one("state", number) == UNIQUE
        root = self.memory.one("uri" if stands else "root", number)
        assert match.kind != "extends"  # noqa: S101
        return self._verdict(
            item, kind="duplicate", replaces=replaces, withdraws=went_on, root=root,
            promotes=self._promotion(replaces, links) if went_on else None,
            resemblance=Resemblance(other.uri, match.kind, match.similarity),
            cluster=names[0], links=links, joins=names[1:],
        )  # fmt: skip

    def _promotion(self, gone: int | None, links: Iterable[int]) -> Promotion | None:
        """Who takes the place of what is taken back: the first of its cluster, unless one of it stands already."""
        if gone is None:
            return None
        label = self.memory.one("label", gone)
        labels = set(links) if label in links else {label}
        members = np.array([m for each in labels for m in self.clusters.members(each)], np.int64)
        members = members[(members >= self.memory.first) & (members != gone)]
        members = members[self.memory.column("received", members) >= self._horizon()]
        states = self.memory.column("state", members)
        waiting = members[states == DUPLICATE]
        if (states == UNIQUE).any() or not waiting.size:
            return None
        number = int(waiting.min())
        return Promotion(number, self.memory.verdict(number).position)

    def _matches(self, item: Input, signature: Signature, seen: search.Sighting) -> Matches:
        return matches(
            self.memory,
            self._postings,
            self.rule,
            signature,
            seen,
            own=hash_of(item.uri),
            horizon=self._horizon(),
        )

    def _horizon(self) -> int:
        return self._now - int(self.hours * HOUR_MS)

    def _current(self, item: Input, seen: search.Sighting) -> tuple[int | None, Verdict | None]:
        """The newest version of this uri that is remembered."""
        for number in sorted(self._having(search.URI, seen), reverse=True):
            verdict = self.memory.verdict(number)
            if verdict.uri == item.uri:
                return number, verdict
        return None, None

    def _having(self, place: int, seen: search.Sighting) -> list[int]:
        """Inputs that have the key of this place."""
        frozen = seen.numbers[seen.places == place].tolist()
        found = {*frozen, *self._postings.recent([int(seen.keys[place])])}
        return [number for number in found if number >= self.memory.first]

    def _verdict(self, item: Input, **found: Any) -> Verdict:
        return Verdict(
            number=self.memory.next, input=item.input, received=item.received, offset=item.offset,
            position=item.position, uri=item.uri, version=item.version, outlet=item.outlet,
            signature=None if found["kind"] == "superseded" else item.signature,
            exact_only=item.signature is not None and item.signature.words < self.rule.least_words, **found,
        )  # fmt: skip

    def _remember(self, verdict: Verdict, value: bytes, label: int) -> None:
        uri = None if verdict.kind == "superseded" else verdict.uri
        self._postings.add(verdict.number, search.keys_of(verdict.input, uri, verdict.signature, self.rule))
        self.memory.append(verdict, value, _STATES.get(verdict.kind, DEAD), label)

    def _bridge(self, verdict: Verdict) -> None:
        """Where the broker has lost verdicts, inputs take their numbers of which nothing is known."""
        if verdict.number - self.memory.next > LONGEST_GAP:
            raise Reject(f"verdict {verdict.number:,} follows {self.memory.next - 1:,}")
        while self.memory.next < verdict.number:
            lost = Verdict(
                number=self.memory.next, input="", received=verdict.received, offset=0, position=0, uri="",
                version=Version(), kind="superseded",
            )  # fmt: skip
            self.memory.append(lost, encoded(lost), DEAD, lost.number)

    def _advance(self, received: int) -> None:
        """Drop what has left the window. An arrival stamped later than its successors only delays theirs."""
        self._now = max(self._now, received)
        horizon = self._horizon()
        while len(self) and self.memory.one("received", self.memory.first) < horizon:
            self.evicted.age += 1
            self._forget()

    def _make_room(self) -> None:
        while len(self) >= self.limit:
            self.evicted.limit += 1
            self._forget()

    def _forget(self) -> None:
        oldest = self.memory.first
        self.clusters.leave(oldest, self.memory.one("label", oldest))
        self.memory.forget()
        self._postings.forget(self.memory.first)


def cluster_name(verdict: Verdict) -> str:
    """What a cluster is called that begins with this article."""
    return cluster_name_of(verdict.uri, verdict.signature) if verdict.signature else ""


def cluster_name_of(uri: str, signature: Signature) -> str:
    """A name that says nothing, so that nobody takes it for the uri of an article that may be gone."""
    digest = blake2b(uri.encode(errors="surrogatepass"), digest_size=8)
    digest.update(signature.fingerprint.to_bytes(8, "little"))
    return digest.hexdigest()
