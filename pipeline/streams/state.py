"""The state of a stage, kept on a topic: followed by every worker, written before anything leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import TypeVar

import structlog
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from pipeline.errors import Diverged, Reject, Stop
from pipeline.kafka.reading import follow_from, read_from, read_one
from pipeline.outcomes import Outcome, Promoted
from pipeline.settings import Settings
from pipeline.stages.stage import Stage, StatefulStage
from pipeline.streams.arrivals import Delivered
from pipeline.streams.delivery import Emission

log = structlog.get_logger()

# A leader election takes a few seconds; who cannot read the state after five pauses needs a person.
RESTORE_ATTEMPTS = 5
RESTORE_PAUSE_SECONDS = 2.0

Answered = tuple[Delivered, Outcome]
T = TypeVar("T")


class StageState:
    """What a stateful stage remembers; of any other stage, nothing.

    Every worker that has the stage follows its log, so that the one that takes over has only the last moments to
    read: it is the standby. One that starts reads the log before it joins the group.
    """

    def __init__(self, stage: Stage, settings: Settings) -> None:
        self._stage = stage if isinstance(stage, StatefulStage) else None
        self._settings = settings
        self._generation: int | None = None
        self._next = 0  # the first offset of the log that has not been replayed
        self._lock = asyncio.Lock()  # the follower must not replay while a batch is judged
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the log, and follow it from here on.

        Raises:
            Stop: the log cannot be read, again and again, or holds what is no decision of this stage.
        """
        if self._stage:
            async with self._lock:
                await self._catch_up(self._stage)
            self._following = asyncio.create_task(self._follow(self._stage))

    def stop(self) -> None:
        """Follow no more."""
        if self._following:
            self._following.cancel()

    @asynccontextmanager
    async def held(self, generation: int) -> AsyncIterator[None]:
        """While a batch is judged and sent. The log is read to its end once in each generation of the group.

        Another owner may have decided meanwhile. What was decided here and not written stays to be written:
        the inputs come again, to this worker or to one that decides the same.

        Raises:
            Stop: as `start`.
        """
        if not self._stage:
            yield
            return
        async with self._lock:
            if generation != self._generation:
                await self._catch_up(self._stage)
                self._generation = generation
            yield

    def journal(self) -> list[Emission]:
        """The records that must be on the log before the batch's outcomes may leave."""
        if not self._stage:
            return []
        return [Emission(self._stage.state, key, value, []) for key, value in self._stage.journal()]

    def written(self) -> None:
        """The journal is on the log."""
        if self._stage:
            self._stage.written()

    async def with_promoted(self, answered: Iterable[Answered]) -> list[Answered]:
        """The outcomes of a batch, and after each that promotes another input that one, with its outcome."""
        found: list[Answered] = []
        for delivered, outcome in answered:
            found.append((delivered, outcome))
            if isinstance(outcome, Promoted) and self._stage:
                found += await self._promoted(self._stage, outcome.position)
        return found

    async def _promoted(self, stage: StatefulStage, position: int) -> list[Answered]:
        async def read() -> ConsumerRecord | None:
            return await read_one(self._settings, stage.source, position)

        record = await self._patiently(stage, read)
        if record is None:
            log.error("cannot be promoted: the topic no longer keeps it", stage=stage.name, position=position)
            return []
        # Faust counts seconds, the client milliseconds.
        event = SimpleNamespace(message=replace(record, timestamp=record.timestamp / 1000))
        delivered = Delivered.of(event, raw=False, first=stage.diverts[0].outcome)
        return [(delivered, await asyncio.to_thread(stage.promoted, delivered.arrival))]

    async def _catch_up(self, stage: StatefulStage) -> None:
        async def read() -> None:
            async with aclosing(read_from(self._settings, stage.state, self._next)) as chunks:
                async for records in chunks:
                    await self._replay(stage, records)

        await self._patiently(stage, read)
        log.info("state restored", stage=stage.name, next=self._next)

    async def _follow(self, stage: StatefulStage) -> None:
        """Replay what others write. What cannot be read is met again, and said, by whoever needs it."""
        while True:
            try:
                async with aclosing(follow_from(self._settings, stage.state, lambda: self._next)) as chunks:
                    async for records in chunks:
                        async with self._lock:
                            await self._replay(stage, records)
            except (KafkaError, Stop, Diverged) as error:
                log.warning("state cannot be followed", stage=stage.name, error=str(error))
                await asyncio.sleep(RESTORE_PAUSE_SECONDS)

    async def _replay(self, stage: StatefulStage, records: Sequence[ConsumerRecord]) -> None:
        values = [record.value for record in records if record.offset >= self._next and record.value is not None]
        try:
            await asyncio.to_thread(stage.replay, values)
        except Diverged:
            stage.reset()
            self._next = 0
            raise
        except Reject as error:
            name = stage.state.full_name(self._settings)
            raise Stop(
                f"topic {name} holds a record that is no decision of the {stage.name} stage: {error}"
            ) from None
        self._next = max(self._next, records[-1].offset + 1)

    async def _patiently(self, stage: StatefulStage, read: Callable[[], Awaitable[T]]) -> T:
        for attempt in range(1, RESTORE_ATTEMPTS + 1):
            try:
                return await read()
            except (KafkaError, Stop, Diverged) as error:
                log.warning("state cannot be read", stage=stage.name, attempt=attempt, error=str(error))
                if attempt == RESTORE_ATTEMPTS:
                    raise
                await asyncio.sleep(RESTORE_PAUSE_SECONDS)
        raise AssertionError("unreachable")
