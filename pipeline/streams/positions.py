"""Which record of a partition comes next, and which has been done: kept here, because Faust loses count.

Around a rebalance and after a lost connection Faust 0.15.3 may skip records that it has fetched. `_drain_messages`
(consumer.py:1207) cancels a delivery that meets a suspended flow and sets its read offset past it all the same,
and after the seek to what is committed that stale offset makes it drop what is fetched again («DROPPED MESSAGE
ROFF»). `_new_offset` (1138) then waits for ever for the missing acknowledgement, or, where a single record or the
very first ones are missing, commits past them. So: records are taken in the order of their offsets or not at all,
what is missing is read again, and what is committed is what was done here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from pipeline import metrics
from pipeline.errors import Unreachable
from pipeline.kafka.reading import first_offset
from pipeline.settings import Settings
from pipeline.stages.stage import Stage

log = structlog.get_logger()

# A fetch takes a second or two: a partition that is silent for longer, with records on it, has been skipped.
QUIET_SECONDS = 10.0
# What was fetched before a seek has been handed over by then.
SEEK_SECONDS = 2.0
# A busy stage takes its partitions by turns: one that did not come up in so many batches has been skipped.
QUIET_BATCHES = 20


@dataclass(slots=True)
class _Partition:
    """`next` is the offset that must come; `sought`, whether it is being read again."""

    next: int
    sought: bool = False
    moved: float = 0.0
    batch: int = 0


class Positions:
    """The partitions of one stage, anew in each generation of its group."""

    def __init__(self, stage: Stage, settings: Settings, app: Any) -> None:
        self._stage = stage.name
        self._source = stage.source
        self._settings = settings
        self._app = app
        self._generation: int | None = None
        self._partitions: dict[Any, _Partition] = {}
        self._batches = 0
        self._lock = asyncio.Lock()

    async def in_order(self, events: Sequence[Any]) -> list[Any]:
        """Those events that come next, each of its partition; what comes twice or too early is left out."""
        self._batches += 1
        taken: list[Any] = []
        try:
            await self._begin()
            taken.extend([event for event in events if await self._comes_next(event.message)])
        except (KafkaError, TimeoutError, Unreachable) as error:
            # What is left out here is missing, and so will be read again.
            log.warning("positions cannot be looked up", stage=self._stage, error=repr(error))
        return taken

    async def commit(self, events: Iterable[Any]) -> None:
        """Commit what was done. Offsets of partitions that went elsewhere are refused by the broker."""
        consumer = self._app.consumer
        done = {event.message.tp: event.message.offset + 1 for event in events}
        for tp in done:
            # Faust's own list of acknowledged offsets would grow without end; we do not go by it.
            consumer._acked.pop(tp, None)
            consumer._acked_index.pop(tp, None)
        await consumer._commit_offsets(done)

    async def insist(self, *, busy: bool) -> None:
        """Read again what Faust has skipped in silence. Called now and then."""
        await self._begin()
        if self._app.rebalancing:
            return
        for tp, state in list(self._partitions.items()):
            quiet = time.monotonic() - state.moved > QUIET_SECONDS
            passed_over = not busy or self._batches - state.batch > QUIET_BATCHES
            if quiet and passed_over and self._end(tp) > state.next and await self._in_log(tp, state):
                await self._read_again(tp, state)

    def waiting(self) -> Mapping[int, int]:
        """Records that are not yet taken, by partition."""
        return {tp.partition: max(0, self._end(tp) - state.next) for tp, state in self._partitions.items()}

    def _end(self, tp: Any) -> int:
        """Where the partition ends, as far as the last fetch told; 0 where it has gone elsewhere."""
        try:
            return self._app.consumer.highwater(tp) or 0
        except (AssertionError, KafkaError):  # "Partition is not assigned", at any moment: another thread says so
            return 0

    async def _begin(self) -> None:
        """A new generation begins at what is committed, or where the log begins: by the broker, not by Faust."""
        async with self._lock:
            generation, consumer = self._app.consumer_generation_id, self._app.consumer
            assigned = set(consumer.assignment())
            # The embedded broker has one generation, 0, for ever.
            if self._app.rebalancing or (self._generation == generation and assigned == set(self._partitions)):
                return
            starts = await consumer.earliest_offsets(*assigned) if assigned else {}
            thread = consumer._thread
            begun = {}
            for tp in assigned:
                committed = await thread.call_thread(thread._ensure_consumer().committed, tp)
                begun[tp] = _Partition(committed or starts.get(tp) or 0, moved=time.monotonic())
            if generation != self._app.consumer_generation_id:
                return
            self._partitions, self._generation = begun, generation
            metrics.REBALANCES.labels(self._stage).inc()

    async def _comes_next(self, message: Any) -> bool:
        state = self._partitions.get(message.tp)
        if state is None or message.generation_id != self._generation or message.offset < state.next:
            return False
        if message.offset > state.next:
            if state.sought and time.monotonic() - state.moved < SEEK_SECONDS:
                return False  # fetched before we went back
            await self._in_log(message.tp, state)
            if message.offset != state.next:
                await self._read_again(message.tp, state)
                return False
        state.next, state.sought = message.offset + 1, False
        state.moved, state.batch = time.monotonic(), self._batches
        return True

    async def _in_log(self, tp: Any, state: _Partition) -> bool:
        """Whether the log itself has a record to come; if it is a later one, that is the next.

        What is passed over are a transaction's marks; or it was deleted, if it lies before the log's start.
        """
        first = await first_offset(self._settings, self._source, tp.partition, state.next)
        if first == state.next:
            return True
        start = (await self._app.consumer.earliest_offsets(tp)).get(tp) or 0
        following = max(start, state.next) if first is None else first
        expired = min(start, following) - state.next
        if expired > 0:
            metrics.EXPIRED.labels(self._stage).inc(expired)
            log.error(
                "records were deleted by retention before they were read",
                stage=self._stage, topic=tp.topic, partition=tp.partition, offset=state.next, records=expired,
            )  # fmt: skip
        state.next = following
        return first is not None

    async def _read_again(self, tp: Any, state: _Partition) -> None:
        state.sought, state.moved = True, time.monotonic()
        metrics.REREAD.labels(self._stage).inc()
        log.warning(
            "reading again what was skipped",
            stage=self._stage, topic=tp.topic, partition=tp.partition, offset=state.next,
        )  # fmt: skip
        await self._app.consumer.seek(tp, state.next)
