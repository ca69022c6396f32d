"""The ledger: what was acknowledged against what the topics hold, as eight invariants.

It is a pure function. Whoever calls it has fed inputs that the broker acknowledged, has looked at the committed
offsets while faults struck, and has read every topic to its end; `audit` says which promises were broken, and by
which input. `test_ledger` breaks each promise in a history of its own and sees that nothing else is blamed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.topics import ARABIC, ENRICHED, RAW, TAGGED, UNIQUE

#: A topic without its prefix, and a partition.
Place = tuple[str, int]

#: The topics that news flows through; each but the last is the source of one stage.
FLOW = (RAW.name, ARABIC.name, UNIQUE.name, TAGGED.name, ENRICHED.name)

#: What a tombstone says that takes an older version back: a later move, no first outcome.
WITHDRAWN = "withdrawn"

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fed:
    """An input that the broker acknowledged. `input` is where it stands: topic/partition/offset, no prefix."""

    input: str
    key: bytes | None
    version: int
    #: The input that this one is another attempt at; `khabar replay` wrote it.
    replays: str | None = None

    @property
    def place(self) -> tuple[Place, int]:
        topic, partition, offset = self.input.rsplit("/", 2)
        return (topic, int(partition)), int(offset)

    @property
    def rank(self) -> tuple[int, int]:
        """Which of two inputs of one key is the newer version."""
        return self.version, self.place[1]


@dataclass(frozen=True, slots=True)
class Seen:
    """A record behind `news.raw`; `input` and `outcome` are its headers, `replays` what its input replays."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    input: str
    outcome: str | None = None
    replays: str | None = None
    #: The outcome that the input had at first, where this is a later move: a duplicate that was promoted.
    first: str | None = None

    @property
    def notice(self) -> bool:
        """Whether it is about the input, not the input itself: that it was withdrawn, or lost to a later stage."""
        return (self.value or b"").startswith(b'{"type":"notice"')


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The offsets that were committed at a moment, and where the topics ended a moment *later*.

    In this order: what a commit covers had been acknowledged before it, so it must be there by then.
    """

    committed: Mapping[Place, int]
    ends: Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that is known of a run. Sizes are bytes; `in_flight` sums over all faults."""

    fed: Sequence[Fed]
    seen: Sequence[Seen]
    glimpses: Sequence[Glimpse] = ()
    #: Records on a stage's source that its group has not committed, in the end.
    lag: Mapping[Place, int] = field(default_factory=dict)
    resident: int = 0
    resident_bound: int = 1 << 30
    #: Inputs delivered to a stage and not yet committed, over all stages, whenever a fault struck.
    in_flight: int = 0

    @property
    def outcomes(self) -> dict[str, set[str]]:
        """By input, its first outcomes."""
        found: dict[str, set[str]] = defaultdict(set)
        for record in self.seen:
            if record.outcome and record.outcome != WITHDRAWN and not record.first:
                found[record.input].add(record.outcome)
        return found

    @property
    def lost(self) -> list[str]:
        """Inputs that have no outcome and are not counted as lag either."""
        outcomes, waiting = self.outcomes, self._waiting()
        return [fed.input for fed in self.fed if fed.input not in outcomes and fed.input not in waiting]

    @property
    def repeats(self) -> int:
        """Records on the outcome topics that say once more what one before them said."""
        said = {(record.topic, record.input, record.outcome) for record in self.seen if record.outcome}
        return sum(1 for record in self.seen if record.outcome) - len(said)

    def _waiting(self) -> set[str]:
        """Inputs that stand, on some source, behind what its group has committed."""
        ends: dict[Place, int] = defaultdict(int)
        everything = [(*fed.place, fed.input) for fed in self.fed]
        everything += [((seen.topic, seen.partition), seen.offset, seen.input) for seen in self.seen]
        for place, offset, _ in everything:
            ends[place] = max(ends[place], offset + 1)
        return {source for place, offset, source in everything if offset >= ends[place] - self.lag.get(place, 0)}


def one_outcome(books: Books) -> Iterator[str]:
    """1. Each acknowledged input has exactly one first outcome, or is lag; a replay names what it replays."""
    for lost in books.lost:
        yield f"{lost} is lost"
    for source, outcomes in books.outcomes.items():
        if len(outcomes) > 1:
            yield f"{source} has {len(outcomes)} first outcomes: {', '.join(sorted(outcomes))}"
    first = {fed.input: fed.replays for fed in books.fed}
    for record in books.seen:
        if record.outcome and record.input in first and record.replays != first[record.input]:
            yield f"{record.input} on {record.topic} names {record.replays}, not {first[record.input]}"


def no_strangers(books: Books) -> Iterator[str]:
    """2. No input appears that was not fed, and none is said to replay one that was not."""
    known = {fed.input for fed in books.fed}
    for record in books.seen:
        if record.input not in known:
            yield f"{record.topic}/{record.partition}/{record.offset} says that it is {record.input}"
    for fed in books.fed:
        if fed.replays and fed.replays not in known:
            yield f"{fed.input} replays {fed.replays}, which was never fed"


def identical_repeats(books: Books) -> Iterator[str]:
    """3. Repeats of an input on a topic are byte-identical in key and value."""
    said: dict[tuple[str, str, str | None, bool], Seen] = {}
    for record in books.seen:
        before = said.setdefault((record.topic, record.input, record.outcome, record.notice), record)
        if (before.key, before.value) != (record.key, record.value):
            yield f"{record.input} on {record.topic} differs at offsets {before.offset} and {record.offset}"


def version_order(books: Books) -> Iterator[str]:
    """4. Per key, first appearances on the enriched topic are in version order, and the last record is right.

    Right is the highest version of the key; null where that is not enriched, be it at first or when it was
    promoted, and an older one was.
    """
    fed = {each.input: each for each in books.fed}
    newest: dict[bytes | None, Fed] = {}
    for each in books.fed:
        if each.key not in newest or newest[each.key].rank < each.rank:
            newest[each.key] = each
    appeared: dict[bytes | None, list[Seen]] = defaultdict(list)
    for record in sorted(books.seen, key=lambda seen: (seen.partition, seen.offset)):
        if record.topic == ENRICHED.name and record.input in fed:
            appeared[record.key].append(record)
    outcomes, waiting = books.outcomes, books._waiting()
    promoted = {record.input for records in appeared.values() for record in records if record.first}
    for key, records in appeared.items():
        named = (key or b"").decode(errors="replace")
        first = list(dict.fromkeys(record.input for record in records if record.value is not None))
        for before, after in pairwise(first):
            if fed[after].rank < fed[before].rank:
                yield f"{named}: {after} appears after the newer {before}"
        last, highest = records[-1], newest[key]
        if highest.input in waiting or key not in newest:
            continue
        enriched = "enriched" in outcomes.get(highest.input, ()) or highest.input in promoted
        expected = highest.input if enriched else None
        if (last.input if last.value is not None else None) != expected:
            yield f"{named} ends with {last.input if last.value else 'null'}, not with {expected or 'null'}"


def commits(books: Books) -> Iterator[str]:
    """5. A committed offset never passes an unfinished input: by then it stood somewhere further on."""
    traces: dict[tuple[str, str], list[tuple[Place, int]]] = defaultdict(list)
    sources: dict[Place, dict[int, str]] = defaultdict(dict)
    for fed in books.fed:
        place, offset = fed.place
        sources[place][offset] = fed.input
    for record in books.seen:
        place = (record.topic, record.partition)
        if record.topic in FLOW:
            sources[place][record.offset] = record.input
        step = FLOW.index(record.topic) if record.topic in FLOW else len(FLOW)
        for before in FLOW[:step]:
            traces[before, record.input].append((place, record.offset))
    passed: dict[Place, int] = defaultdict(int)
    for glimpse in books.glimpses:
        for place, offset in glimpse.committed.items():
            for number in range(passed[place], offset):
                source = sources[place].get(number)
                known = traces[place[0], source] if source else [(place, -1)]
                if not any(at < glimpse.ends.get(where, 0) for where, at in known):
                    yield f"{place[0]}/{place[1]} was committed at {offset}, past {source} at {number}, unfinished"
            passed[place] = max(passed[place], offset)


def no_lag(books: Books) -> Iterator[str]:
    """6. Lag has returned to zero, without a hand."""
    for (topic, partition), records in books.lag.items():
        if records:
            yield f"{records} records of {topic}/{partition} are not done"


def bounded_memory(books: Books) -> Iterator[str]:
    """7. No worker's resident memory passed the bound."""
    if books.resident > books.resident_bound:
        yield f"{books.resident >> 20} MiB resident, more than {books.resident_bound >> 20}"


def few_repeats(books: Books) -> Iterator[str]:
    """8. No more repeats than were delivered and not yet committed whenever a fault struck."""
    if books.repeats > books.in_flight:
        yield f"{books.repeats} repeats, and only {books.in_flight} were in flight"


Invariant = Callable[[Books], Iterable[str]]

#: In the order of the promise.
INVARIANTS: Sequence[Invariant] = (
    one_outcome, no_strangers, identical_repeats, version_order, commits, no_lag, bounded_memory, few_repeats,
)  # fmt: skip


def audit(books: Books) -> dict[str, list[str]]:
    """The invariants that do not hold, each with what breaks it."""
    found = {invariant.__name__: list(invariant(books)) for invariant in INVARIANTS}
    return {name: breaches for name, breaches in found.items() if breaches}


def shown(breaches: Mapping[str, Sequence[str]]) -> str:
    """For people: the first few of each."""
    lines = []
    for name, each in breaches.items():
        lines += [f"{name}: {breach}" for breach in each[:MOST_SHOWN]]
        if len(each) > MOST_SHOWN:
            lines.append(f"{name}: … {len(each)} in all")
    return "\n".join(lines)
