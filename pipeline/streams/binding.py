"""One stage bound to its topics by one Faust app: a consumer group of its own.

The pattern: events unacknowledged into batches of our own, outcomes sent and awaited, events acknowledged in
order, then a commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer

from pipeline import failpoints, metrics
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.streams.apps import stage_app
from pipeline.streams.arrivals import Delivered
from pipeline.streams.backlog import Backlog
from pipeline.streams.batches import Batches
from pipeline.streams.breaker import Breaker
from pipeline.streams.delivery import Delivery
from pipeline.streams.positions import Positions
from pipeline.streams.processing import process
from pipeline.streams.state import StageState
from pipeline.streams.watch import Watch
from pipeline.topics import RAW


class Binding:
    """Runs one stage. `failed` is told of the first error that must end the worker."""

    def __init__(
        self,
        stage: Stage,
        settings: Settings,
        producer: AIOKafkaProducer,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._stage = stage
        self._settings = settings
        self._failed = failed
        self._delivery = Delivery(stage, settings, producer)
        self._stopping = asyncio.Event()
        self._drained = asyncio.Event()
        self._state = StageState(stage, settings)
        self._breaker = Breaker(stage.name, settings.breaker_articles, settings.breaker_share)
        self._app = stage_app(stage, settings)
        self._backlog = Backlog(stage, settings)
        self._positions = Positions(stage, settings, self._app)
        self._watching = Watch(stage, settings, self._app, self._look)
        topic = self._app.topic(
            stage.source.full_name(settings), key_type=bytes, value_type=bytes,
            key_serializer="raw", value_serializer="raw", allow_empty=True,
        )  # fmt: skip
        self._app.agent(topic, name=stage.name, concurrency=1)(self._run)

    @property
    def name(self) -> str:
        return self._stage.name

    async def start(self) -> None:
        await self._state.start()
        self._watcher = asyncio.create_task(self._watch())
        try:
            await self._app.start()
        except BaseException:
            self._drained.set()  # no batch will ever be under way
            raise

    def standing(self) -> str | None:
        """Why this stage cannot work at the moment; None where it can. Asked by other threads."""
        if self._app.crashed or self._drained.is_set():
            return "has ended"
        if self._app.rebalancing:
            return "a rebalance is under way"
        if self._app._assignment is None:
            return "is not yet in its group"
        return None if self._stage.ready() else "what it runs on is not there"

    async def stop(self) -> None:
        """Finish and commit the batch that is under way, then leave the group."""
        self._stopping.set()
        self._state.stop()
        self._watcher.cancel()
        if not self._app.crashed:
            await self._drained.wait()
        await self._app.stop()

    async def _watch(self) -> None:
        try:
            await self._watching.run()
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody would look any more
            self._failed(error)

    async def _look(self) -> None:
        if self._app._assignment is None:
            return  # its consumer may not even have started
        await self._positions.insist(busy=self._backlog.busy)
        self._backlog.look(self._positions.waiting())

    async def _run(self, stream: Any) -> None:
        batches = Batches(
            stream.noack().events().__aiter__(), self._settings.batch_articles, self._settings.batch_wait_seconds
        )
        try:
            while not self._stopping.is_set():
                if events := await batches.next(self._fresh, self._stopping):
                    await self._batch(stream, events)
        except Exception as error:  # noqa: BLE001 - Faust acknowledges the event of an agent that raises
            self._failed(error)
        batches.close()
        self._drained.set()
        await asyncio.Event().wait()  # returning would have Faust start the agent again

    async def _batch(self, stream: Any, events: list[Any]) -> None:
        if not (events := await self._positions.in_order(events)):
            return
        self._backlog.taken(events)
        try:
            with metrics.BATCH_SECONDS.labels(self._stage.name).time():
                await self._deliver(stream, events)
        finally:
            self._backlog.done()

    async def _deliver(self, stream: Any, events: list[Any]) -> None:
        async with self._state.held(self._app.consumer_generation_id):
            await self._answer(stream, events)

    async def _answer(self, stream: Any, events: list[Any]) -> None:
        delivered = [Delivered.of(event, raw=self._stage.source is RAW) for event in events]
        arrivals = await failpoints.passing("batch", [each.arrival for each in delivered], stage=self._stage.name)
        outcomes = await process(self._stage, arrivals)
        self._breaker.watch(outcomes)

        async def still_ours() -> bool:
            self._watching.slept()
            while self._app.rebalancing:  # noqa: ASYNC110 - Faust sets an attribute, no event
                await asyncio.sleep(0.05)
            return all(self._fresh(event) for event in events)

        async def commit() -> None:
            for event in events:
                await stream.ack(event)
            await self._positions.commit(events)

        if not await self._delivery.send(self._state.journal(), still_ours):
            return
        self._state.written()
        answered = await self._state.with_promoted(zip(delivered, outcomes, strict=True))
        emissions = [e for each, outcome in answered for e in self._delivery.emissions(each, outcome)]
        emissions = await failpoints.passing("emissions", emissions, stage=self._stage.name, commit=commit)
        if not await self._delivery.send(emissions, still_ours):
            return
        await failpoints.passing("sent", emissions, stage=self._stage.name)
        await commit()
        for outcome in outcomes:
            metrics.OUTCOMES.labels(self._stage.name, type(outcome).__name__.lower()).inc()

    def _fresh(self, event: Any) -> bool:
        """False for what was fetched before the last rebalance: it will be, or has been, delivered again."""
        return bool(event.message.generation_id == self._app.consumer_generation_id)
