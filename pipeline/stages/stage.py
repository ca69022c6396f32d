"""What a stage is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pipeline.errors import Reject
from pipeline.outcomes import Arrival, Forward, Outcome, Rejected
from pipeline.records import Article, Notice, decode
from pipeline.topics import ARABIC, Topic


class Stage(ABC):
    """A function over a batch: arrivals in, one outcome for each, in the same order.

    The contract, which one suite tests for every stage:

    - `process` answers as many outcomes as it got arrivals, and the nth belongs to the nth.
    - An outcome depends on its arrival and the stage's state alone, never on batch mates.
    - The same arrival twice gets equal outcomes: a crash delivers twice.
    - What one arrival does wrong is `Rejected`; its neighbours do not notice. `process` raises
      `Retry` where all will work later, and anything else only for faults of its own: the
      caller then halves the batch until it has found the one.
    - It runs in a thread, one call at a time, and never looks at the clock.
    """

    name: ClassVar[str]
    source: ClassVar[Topic]
    target: ClassVar[Topic]
    #: Where else it sends articles; a worker looks whether they are all there.
    diverts: ClassVar[tuple[Topic, ...]] = ()

    def start(self) -> None:  # noqa: B027 - most have nothing to load
        """Load what takes time. Raises Stop where a person must mend something."""

    def ready(self) -> bool:
        """Whether what it runs on is there. Asked by other threads at any time; does not wait."""
        return True

    @abstractmethod
    def process(self, batch: Sequence[Arrival]) -> list[Outcome]:
        """Answer each arrival."""

    def pass_on(self, notice: Notice) -> Outcome:
        """What a notice becomes on the next topic."""
        return Forward(notice.uri, notice)

    def withdrawal(self, arrival: Arrival) -> Notice | None:  # noqa: ARG002
        """The notice for an arrival that broke the stage: an older version of it may have been enriched."""
        return None

    def lost(self, arrival: Arrival) -> Notice | None:  # noqa: ARG002
        """What the owner of the duplicates must know of an arrival that is rejected: a copy takes its place."""
        return None

    def close(self) -> None:  # noqa: B027
        """Give back what `start` took. May be called twice."""


class ArticleStage(Stage):
    """A stage that adds something to articles and lets notices pass in their place."""

    diverts = (ARABIC,)

    @abstractmethod
    def enrich(self, articles: Sequence[Article]) -> list[Outcome]:
        """Answer each article."""

    def withdrawal(self, arrival: Arrival) -> Notice | None:
        try:
            record = internal(arrival)
        except Reject:
            return None
        return Notice(kind="withdraw", uri=record.uri, version=record.version)

    def lost(self, arrival: Arrival) -> Notice | None:
        try:
            record = internal(arrival)
        except Reject:
            return None
        return Notice(kind="lost", uri=record.uri, version=record.version) if isinstance(record, Article) else None

    def process(self, batch: Sequence[Arrival]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        articles: dict[int, Article] = {}
        for place, arrival in enumerate(batch):
            try:
                record = internal(arrival)
            except Reject as error:
                outcomes[place] = Rejected(error)
                continue
            if isinstance(record, Article):
                articles[place] = record
            else:
                outcomes[place] = self.pass_on(record)
        if articles:
            outcomes.update(zip(articles, self.enrich(list(articles.values())), strict=True))
        return [outcomes[place] for place in range(len(batch))]


class StatefulStage(Stage):
    """A stage that remembers, in a log of what it decided.

    Its source has one ordered partition, so that one worker at a time decides, and whoever does decides the same.
    Others follow the log and are ready to take over. Whoever runs it gives it the log by `replay` before its first
    batch, and writes what `journal` gives to the `state` topic *before* anything of a batch leaves: a repeat then
    gets the answer that may have left already.
    """

    state: ClassVar[Topic]

    @abstractmethod
    def reset(self) -> None:
        """Forget everything: the log will be replayed from its start."""

    @abstractmethod
    def replay(self, log: Sequence[bytes]) -> None:
        """Read the next decisions of the log, in order; those that are known change nothing.

        Raises:
            Reject: there is no decision of this stage among them.
            Diverged: one contradicts what was decided here and never written.
        """

    @abstractmethod
    def journal(self) -> list[tuple[bytes, bytes]]:
        """Keys and values of what was decided and is not known to be on the log, in order."""

    @abstractmethod
    def written(self) -> None:
        """What `journal` gave is on the log."""

    @abstractmethod
    def promoted(self, arrival: Arrival) -> Outcome:
        """What an input becomes, diverted before, that is to go on after all (see the outcome `Promoted`)."""


def internal(arrival: Arrival) -> Article | Notice:
    """The record between two stages.

    Raises:
        Reject: it is none, or its key is not its uri.
    """
    if arrival.value is None:
        raise Reject("null value: this topic has no tombstones")
    record: Article | Notice = decode(arrival.value, Article | Notice)  # type: ignore[arg-type]
    if arrival.key != record.uri.encode():
        raise Reject(f"the key {arrival.key!r} is not the uri {record.uri!r}")
    return record
