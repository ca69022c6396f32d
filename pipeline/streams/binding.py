"""One stage bound to its topics by one Faust app: a consumer group of its own.

The pattern: events unacknowledged into batches of our own, outcomes sent and awaited, events acknowledged in
order, then a commit. Every setting below answers something that Faust 0.15.3 does by default.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import faust
import structlog
from aiokafka import AIOKafkaProducer
from faust.app.base import BootStrategy

from pipeline.errors import Stop
from pipeline.kafka.connection import tls
from pipeline.kafka.reading import read_all
from pipeline.settings import Settings
from pipeline.stages.stage import Stage, StatefulStage
from pipeline.streams.arrivals import Delivered
from pipeline.streams.batches import Batches
from pipeline.streams.delivery import Delivery, Emission
from pipeline.streams.processing import process
from pipeline.topics import MAX_DEAD_LETTER_BYTES, RAW

log = structlog.get_logger()

WATCH_SECONDS = 1.0


class ConsumerOnly(BootStrategy):  # type: ignore[misc]
    """Faust consumes; the worker's one producer sends, and its sends can be awaited and bounded."""

    enable_kafka_producer = False


class StageApp(faust.App):  # type: ignore[misc]
    """A Faust app that consumes, and leaves nothing on the disk."""

    BootStrategy = ConsumerOnly

    def _create_directories(self) -> None:
        """Faust would make a folder for tables, which we have none of, in the current directory."""


def group(settings: Settings, stage: Stage) -> str:
    """The consumer group of a stage."""
    return f"{settings.topic_prefix}khabar-{stage.name}"


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
        self._state_of: int | None = None
        self._app = _app(stage, settings)
        topic = self._app.topic(
            stage.source.full_name(settings), key_type=bytes, value_type=bytes,
            key_serializer="raw", value_serializer="raw", allow_empty=True,
        )  # fmt: skip
        self._app.agent(topic, name=stage.name, concurrency=1)(self._run)

    async def start(self) -> None:
        await self._app.start()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Finish and commit the batch that is under way, then leave the group."""
        self._stopping.set()
        self._watching.cancel()
        if not self._app.crashed:
            await self._drained.wait()
        await self._app.stop()

    async def _watch(self) -> None:
        """Faust may give up by itself, in one of its threads; it then stands still without a word to us."""
        while not self._app.crashed:  # noqa: ASYNC110 - Faust sets an attribute, no event
            await asyncio.sleep(WATCH_SECONDS)
        self._failed(Stop(f"Faust gave up on the {self._stage.name} stage: {self._app.crash_reason!r}"))

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
        await self._restore_state()
        delivered = [Delivered.of(event, raw=self._stage.source is RAW) for event in events]
        outcomes = await process(self._stage, [each.arrival for each in delivered])

        async def still_ours() -> bool:
            while self._app.rebalancing:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
            return all(self._fresh(event) for event in events)

        if not await self._delivery.send(self._journal(), still_ours):
            return
        answered = zip(delivered, outcomes, strict=True)
        emissions = [e for each, outcome in answered for e in self._delivery.emissions(each, outcome)]
        if not await self._delivery.send(emissions, still_ours):
            return
        for event in events:
            await stream.ack(event)
        await self._app.consumer.commit()

    def _fresh(self, event: Any) -> bool:
        """False for what was fetched before the last rebalance: it will be, or has been, delivered again."""
        return bool(event.message.generation_id == self._app.consumer_generation_id)

    async def _restore_state(self) -> None:
        """After each rebalance: another owner may have judged meanwhile, and what we judged may not be written."""
        generation = self._app.consumer_generation_id
        if isinstance(self._stage, StatefulStage) and self._state_of != generation:
            values = [r.value async for r in read_all(self._settings, [self._stage.state]) if r.value is not None]
            held = await asyncio.to_thread(self._stage.restore, values)
            log.info("state restored", stage=self._stage.name, verdicts=held)
            self._state_of = generation

    def _journal(self) -> list[Emission]:
        if not isinstance(self._stage, StatefulStage):
            return []
        return [Emission(self._stage.state, key, value, []) for key, value in self._stage.journal()]


def _app(stage: Stage, settings: Settings) -> StageApp:
    session = settings.kafka_session_timeout_seconds
    return StageApp(
        group(settings, stage),
        broker=[f"kafka://{server.strip()}" for server in settings.kafka_bootstrap_servers.split(",")],
        broker_credentials=_credentials(settings),
        # A killed worker's partitions go to others after this; the default is 60 s.
        broker_session_timeout=session,
        broker_heartbeat_interval=session / 5,
        broker_request_timeout=max(2 * session, settings.kafka_request_timeout_seconds),
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=MAX_DEAD_LETTER_BYTES,
        # We commit after each batch; the timer is for what we do not acknowledge ourselves: nothing.
        broker_commit_interval=60.0,
        # Whole articles wait here: two batches, not 4,096.
        stream_buffer_maxsize=2 * settings.batch_articles,
        broker_max_poll_records=settings.batch_articles,
        # `wait_empty` is unbounded and deadlocks with a batch that stops its own app.
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        # `khabar topics` makes the topics; Faust would add a leader topic a stage.
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        store="memory://",
        web_enabled=False,
        logging_config=None,
    )


def _credentials(settings: Settings) -> Any:
    tls_context = tls(settings) if settings.kafka_security_protocol.endswith("SSL") else None
    if settings.kafka_sasl_mechanism and settings.kafka_sasl_password:
        return faust.SASLCredentials(
            username=settings.kafka_sasl_username,
            password=settings.kafka_sasl_password.get_secret_value(),
            mechanism=settings.kafka_sasl_mechanism,
            ssl_context=tls_context,
        )
    return faust.SSLCredentials(context=tls_context) if tls_context else None
