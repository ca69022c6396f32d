"""Looks at the broker while faults strike: what is committed, where topics end, what they hold in the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from pipeline.assembly import stages
from pipeline.kafka.connection import connection
from pipeline.kafka.reading import read_all
from pipeline.settings import Settings
from pipeline.streams.apps import group
from pipeline.streams.headers import FIRST_OUTCOME, INPUT, OUTCOME, REPLAY_OF, read
from pipeline.topics import ARABIC, OUTCOMES, RAW, TAGGED, UNIQUE
from tests.faults.ledger import Fed, Glimpse, Place, Seen

PAUSE_SECONDS = 0.25
PATIENCE_SECONDS = 5.0


class Watcher:
    """Glimpses, as often as the broker gives them; a broker that is away just gives none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._groups = {stage.source: group(settings, stage) for stage in stages(settings)}
        self._places = [
            TopicPartition(topic.full_name(settings), number)
            for topic in dict.fromkeys((*self._groups, *OUTCOMES))
            for number in range(topic.partition_count(settings))
        ]
        self.glimpses: list[tuple[float, Glimpse]] = []
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        self._watching.cancel()
        with suppress(asyncio.CancelledError):
            await self._watching

    async def _watch(self) -> None:
        while True:
            with suppress(KafkaError, OSError, TimeoutError, AssertionError):
                await self._connected()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _connected(self) -> None:
        admin = AIOKafkaAdminClient(**connection(self._settings), request_timeout_ms=5000)
        ends = AIOKafkaConsumer(**connection(self._settings), request_timeout_ms=5000)
        try:
            await asyncio.wait_for(admin.start(), PATIENCE_SECONDS)
            await asyncio.wait_for(ends.start(), PATIENCE_SECONDS)
            while True:
                await asyncio.wait_for(self._glimpse(admin, ends), 2 * PATIENCE_SECONDS)
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            await ends.stop()
            await admin.close()

    async def _glimpse(self, admin: AIOKafkaAdminClient, ends: AIOKafkaConsumer) -> None:
        committed: dict[Place, int] = {}
        for name in self._groups.values():
            for place, known in (await admin.list_consumer_group_offsets(name)).items():
                if known.offset >= 0:
                    committed[self._place(place)] = known.offset
        found = await ends.end_offsets(self._places)
        glimpse = Glimpse(committed, {self._place(place): end for place, end in found.items()})
        self.glimpses.append((time.monotonic(), glimpse))

    def _place(self, place: TopicPartition) -> Place:
        return place.topic.removeprefix(self._settings.topic_prefix), place.partition

    @property
    def last(self) -> Glimpse:
        return self.glimpses[-1][1] if self.glimpses else Glimpse({}, {})

    async def fresh(self, within: float = 60.0) -> Glimpse:
        """One that was begun after this call."""
        asked = time.monotonic()
        while not self.glimpses or self.glimpses[-1][0] < asked + 2 * PAUSE_SECONDS:
            assert time.monotonic() < asked + within, "the broker cannot be looked at"
            await asyncio.sleep(PAUSE_SECONDS)
        return self.last

    def lag(self, glimpse: Glimpse) -> dict[Place, int]:
        """Records that wait, of every place that a stage reads."""
        sources = {topic.name for topic in self._groups}
        return {
            place: end - glimpse.committed.get(place, 0)
            for place, end in glimpse.ends.items()
            if place[0] in sources
        }


async def everything(settings: Settings) -> tuple[list[Fed], list[Seen]]:
    """All that stands on the topics."""
    prefix, fed, seen = settings.topic_prefix, [], []
    async for record in read_all(settings, [RAW, ARABIC, UNIQUE, TAGGED, *OUTCOMES]):
        topic = record.topic.removeprefix(prefix)
        replay_of = (read(record.headers, REPLAY_OF) or "").removeprefix(prefix) or None
        if topic == RAW.name:
            place = f"{topic}/{record.partition}/{record.offset}"
            fed.append(Fed(place, record.key, _version(record.value), replay_of))
            continue
        source = (read(record.headers, INPUT) or "").removeprefix(prefix)
        outcome = read(record.headers, OUTCOME)
        seen.append(
            Seen(
                topic,
                record.partition,
                record.offset,
                record.key,
                record.value,
                source,
                outcome,
                replay_of,
                read(record.headers, FIRST_OUTCOME),
            )
        )
    return fed, seen


def _version(value: bytes | None) -> int:
    try:
        return int(orjson.loads(value or b"").get("version", 0))
    except (ValueError, AttributeError):
        return 0


def missing(acknowledged: Sequence[Fed], fed: Sequence[Fed]) -> list[Fed]:
    """What a broker acknowledged, and its topic does not hold."""
    there = {(each.input, each.key) for each in fed}
    return [each for each in acknowledged if (each.input, each.key) not in there]
