"""A trial: a pipeline of its own on a broker, a crew of workers, a steady wire, and what a fault does to them."""

from __future__ import annotations

import asyncio
import os
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError

from pipeline.errors import Stop
from pipeline.feeds import FeedItem
from pipeline.kafka.admin import create_topics
from pipeline.kafka.producer import producer
from pipeline.settings import Settings
from pipeline.topics import ARABIC, RAW
from tests.faults.ledger import Books, Fed, audit, shown
from tests.faults.watcher import PAUSE_SECONDS, Watcher, everything, missing
from tests.faults.wire import wire
from tests.faults.workers import Crew

PARTITIONS = 4
WORKERS = 2

#: A factor for every deadline, for a machine that does other work too: what is promised is promised at 1.
PATIENCE = float(os.environ.get("FAULTS_PATIENCE", "1"))

#: A folder in which to leave what the workers logged.
LOGS = os.environ.get("FAULTS_LOGS")

# Resident memory of a worker beside its model's process: some 170 MiB at rest on CPython 3.11.
RESIDENT_BOUND = 400 << 20


@dataclass
class Trial:
    """What a fault may lay hands on. Times are monotonic seconds."""

    settings: Settings
    crew: Crew
    watcher: Watcher
    dice: random.Random
    seed: int
    direct: Settings
    acknowledged: list[Fed] = field(default_factory=list)
    in_flight: int = 0
    faults: int = 0
    recoveries: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _feeding: asyncio.Task[None] | None = None
    _ending: asyncio.Event = field(default_factory=asyncio.Event)

    # --- the wire ---

    def flow(self, rate: float) -> None:
        """Feed the seeded wire, `rate` items a second, until `end_of_wire`, while everything else goes on."""
        self._feeding = asyncio.create_task(self._feed(wire(self.seed, self.direct.partitions), rate))

    async def feed(self, items: Iterable[FeedItem]) -> None:
        """Feed these at once, in order."""
        await self._feed(iter(items), None)

    async def end_of_wire(self) -> None:
        """No more news; what the broker has acknowledged is in the books."""
        self._ending.set()
        if self._feeding:
            await self._feeding

    async def _feed(self, items: Iterator[FeedItem], rate: float | None) -> None:
        """A feed as it should be: what a broker has not acknowledged is sent again, in order."""
        started, unsent = time.monotonic(), next(items, None)
        while unsent and not self._ending.is_set():
            try:
                async with producer(self.direct) as sender:
                    while unsent and not self._ending.is_set():
                        begun = time.monotonic()
                        at = await sender.send_and_wait(RAW.full_name(self.direct), unsent.value, key=unsent.key)
                        self.acknowledged.append(Fed(f"{RAW.name}/{at.partition}/{at.offset}", unsent.key, 0))
                        started, unsent = time.monotonic(), next(items, None)
                        await asyncio.sleep(max(0.0, 1 / rate - (started - begun)) if rate else 0)
            except (KafkaError, OSError, TimeoutError, Stop) as error:
                if time.monotonic() > started + 180:
                    raise
                self.notes.append(f"the feed waits: {error!r}"[:100])
                await asyncio.sleep(0.5)

    # --- faults ---

    async def warm(self, within: float = 90.0) -> None:
        """Until news flows through all stages."""
        await self.progress({}, within)

    async def warm_by(self, items: Iterable[FeedItem], within: float = 90.0) -> None:
        """The same without a wire: these have gone through all stages."""
        await self.feed(items)
        await self.drained(within)

    def struck(self) -> float:
        """Note a fault: what is in flight now may be repeated. A stage has one batch under way in each worker."""
        self.faults += 1
        lag = self.watcher.lag(self.watcher.last)
        for topic in {topic for topic, _ in lag}:
            workers = 1 if topic == ARABIC.name else max(WORKERS, len(self.crew.workers))
            waiting = sum(records for (name, _), records in lag.items() if name == topic)
            # Between two glimpses more may have come.
            self.in_flight += min(waiting + 25, workers * self.settings.batch_articles)
        return time.monotonic()

    async def recovered(self, since: float, within: float = 60.0) -> float:
        """Wait until every partition moves again; the seconds from `since` to then."""
        before = next((g.committed for at, g in reversed(self.watcher.glimpses) if at <= since), {})
        await self.progress(before, within)
        self.recoveries.append(time.monotonic() - since)
        return self.recoveries[-1]

    async def progress(self, before: Any, within: float) -> None:
        """Until each partition has a commit past `before`; those with nothing to do since then do not count."""
        deadline = time.monotonic() + within * PATIENCE
        while True:
            glimpse = self.watcher.last
            # The raw partitions get news all the time, as long as the wire runs; behind them it depends.
            still = [
                place
                for place, end in glimpse.ends.items()
                if place in self.watcher.lag(glimpse)
                and (place[0] == RAW.name or end > before.get(place, 0))
                and glimpse.committed.get(place, 0) <= before.get(place, 0)
            ]
            if glimpse.ends and not still:
                return
            if self._feeding and self._feeding.done() and not any(self.watcher.lag(glimpse).values()):
                return
            assert time.monotonic() < deadline, f"nothing moves after {within:g} s in {still}\n{self.tail()}"
            await asyncio.sleep(PAUSE_SECONDS)

    async def drained(self, within: float) -> None:
        """Wait until nothing waits; the ledger says so where it does not come to that."""
        deadline = time.monotonic() + within * PATIENCE
        while time.monotonic() < deadline:
            if not any(self.watcher.lag(await self.watcher.fresh()).values()):
                return
            await asyncio.sleep(PAUSE_SECONDS)

    # --- the books ---

    async def books(self, resident_bound: int = RESIDENT_BOUND) -> Books:
        """Everything that is known, read now."""
        lag = self.watcher.lag(await self.watcher.fresh())
        fed, seen = await everything(self.direct)
        return Books(
            fed=[*fed, *missing(self.acknowledged, fed)],
            seen=seen,
            glimpses=[glimpse for _, glimpse in self.watcher.glimpses],
            lag=lag,
            resident=self.crew.resident,
            resident_bound=resident_bound,
            in_flight=self.in_flight,
        )

    def tail(self, characters: int = 3000) -> str:
        return self.crew.logs()[-characters:]


@asynccontextmanager
async def trial(
    bootstrap: str,
    *,
    seed: int = 1,
    workers: int = WORKERS,
    variables: dict[str, str] | None = None,
    plugin: str = "quick",
    through: str | None = None,
    topics: Sequence[Any] | None = None,
    **others: Any,
) -> AsyncIterator[Trial]:
    """A pipeline of its own; `through` is where the workers think that the broker is, `others` are settings."""
    prefix = f"faults-{uuid.uuid4().hex[:8]}-"
    values = {"partitions": PARTITIONS, **others}
    direct = Settings(kafka_bootstrap_servers=bootstrap, topic_prefix=prefix, **values)
    settings = direct.model_copy(
        update={
            "kafka_bootstrap_servers": through or bootstrap,
            "failpoints": plugin if ":" in plugin else f"tests.faults.plugins:{plugin}",
        }
    )
    await create_topics(direct)
    crew = Crew(settings, variables or {})
    watcher = Watcher(direct)
    each = Trial(settings, crew, watcher, random.Random(seed), seed, direct)
    try:
        if workers:
            crew.hire(workers)
        yield each
    finally:
        if each._feeding:
            each._feeding.cancel()
        await watcher.close()
        crew.close()
        if LOGS:
            (Path(LOGS) / f"{prefix}log").write_text(crew.logs(), encoding="utf-8")


def sound(books: Books) -> None:
    """Fails with what the ledger finds."""
    breaches = audit(books)
    assert not breaches, shown(breaches)
