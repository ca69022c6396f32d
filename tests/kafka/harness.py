"""Running the pipeline in a test: topics of its own, workers in this process or others, and all that came out."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiokafka import ConsumerRecord

from pipeline.engines import Engine
from pipeline.feeds import FeedItem
from pipeline.feeds.producer import publish
from pipeline.kafka.admin import create_topics
from pipeline.kafka.producer import producer
from pipeline.kafka.reading import read_all
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.streams.headers import read
from pipeline.streams.worker import Worker
from pipeline.topics import ENRICHED, OUTCOMES, RAW, Topic

PATIENCE_SECONDS = 90.0


def settings_for(engine: Engine, prefix: str, **others: Any) -> Settings:
    # The embedded broker makes a group wait half of the session timeout; Kafka allows no less than 6 s.
    session = 2 if engine.name == "embedded" else 6
    return Settings(
        kafka_bootstrap_servers=engine.bootstrap_servers, topic_prefix=prefix,
        **{"partitions": 4, "kafka_session_timeout_seconds": session, **others},
    )  # fmt: skip


def item(uri: str, text: str, **fields: Any) -> FeedItem:
    """A ninjs item with one plain body."""
    return FeedItem(uri.encode(), orjson.dumps({"uri": uri, "bodies": [{"value": text}], **fields}))


async def feed(settings: Settings, items: Iterable[FeedItem]) -> int:
    async with producer(settings) as sender:
        return (await publish(sender, RAW.full_name(settings), items)).sent


@asynccontextmanager
async def working(settings: Settings, stages: Sequence[Stage]) -> AsyncIterator[Worker]:
    """A worker in this process, from its start until it has drained."""
    worker = Worker(settings, stages)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await running


class Process:
    """`khabar worker` as a process of its own."""

    def __init__(self, settings: Settings, *stages: str, folder: Path | None = None) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        variables = {
            "KHABAR_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "KHABAR_TOPIC_PREFIX": settings.topic_prefix,
            "KHABAR_KAFKA_SESSION_TIMEOUT_SECONDS": str(settings.kafka_session_timeout_seconds),
            "KHABAR_PARTITIONS": str(settings.partitions),
            "KHABAR_BATCH_ARTICLES": str(settings.batch_articles),
        }
        command = [sys.executable, "-m", "pipeline.cli.main", "worker"]
        command += ["--stages", ",".join(stages)] if stages else []
        self._process = subprocess.Popen(command, env={**os.environ, **variables}, stderr=self._log, cwd=folder)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    async def end(self, within: float) -> int:
        """SIGTERM; returns the exit status."""
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self._process.wait, within)

    def close(self) -> str:
        """Make sure that it is gone; returns what it logged."""
        self.kill()
        self._log.seek(0)
        with self._log:
            return self._log.read().decode(errors="replace")


@dataclass
class Story:
    """All that stands on the outcome topics."""

    records: list[tuple[Topic, ConsumerRecord]] = field(default_factory=list)

    @property
    def outcomes(self) -> dict[str, set[str]]:
        """By input, the first outcomes it has; a promise says that it is one."""
        found: dict[str, set[str]] = defaultdict(set)
        for _, record in self.records:
            source, outcome = read(record.headers, "khabar-input"), read(record.headers, "khabar-outcome")
            assert source, "a record without its input"
            assert outcome, "a record without its outcome"
            if outcome != "withdrawn" and not read(record.headers, "khabar-first-outcome"):
                found[source].add(outcome)
        return found

    def by_key(self) -> dict[str, list[str]]:
        """By key, the first outcomes of its inputs in the order of `news.raw`, repeats left out."""
        found: dict[str, dict[int, str]] = defaultdict(dict)
        for _, record in self.records:
            outcome = read(record.headers, "khabar-outcome") or ""
            source = read(record.headers, "khabar-input") or ""
            if outcome != "withdrawn" and not read(record.headers, "khabar-first-outcome"):
                found[(record.key or b"").decode(errors="replace")][int(source.rpartition("/")[2])] = outcome
        return {key: [outcomes[offset] for offset in sorted(outcomes)] for key, outcomes in found.items()}

    def enriched(self) -> dict[str, dict[str, Any]]:
        """What a consumer that upserts by key has in the end."""
        final: dict[str, dict[str, Any]] = {}
        for topic, record in self.records:
            if topic is ENRICHED:
                key = record.key.decode()
                if record.value is None:
                    final.pop(key, None)
                else:
                    final[key] = orjson.loads(record.value)
        return final

    def on(self, topic: Topic) -> list[ConsumerRecord]:
        return [record for on, record in self.records if on is topic]

    def repeats(self) -> int:
        """How many records say again what was said; asserts that they say it byte for byte."""
        said: dict[tuple[str, str, str], tuple[bytes | None, bytes | None]] = {}
        repeats = 0
        for topic, record in self.records:
            source, outcome = (
                read(record.headers, "khabar-input") or "",
                read(record.headers, "khabar-outcome") or "",
            )
            place = (topic.name, source, outcome)
            repeats += place in said
            assert said.setdefault(place, (record.key, record.value)) == (record.key, record.value)
        return repeats


async def story(settings: Settings) -> Story:
    names = {topic.full_name(settings): topic for topic in OUTCOMES}
    return Story([(names[record.topic], record) async for record in read_all(settings, OUTCOMES)])


async def until(settings: Settings, told: Callable[[Story], bool], within: float = PATIENCE_SECONDS) -> Story:
    """Read the outcomes again and again until they tell what is expected; fails with what they tell instead."""
    deadline = asyncio.get_running_loop().time() + within
    while not told(found := await story(settings)):
        assert asyncio.get_running_loop().time() < deadline, f"after {within:g} s only: {found.by_key()}"
        await asyncio.sleep(0.5)
    return found


async def prepared(engine: Engine, prefix: str, **others: Any) -> Settings:
    """Settings of a pipeline of its own, its topics made."""
    settings = settings_for(engine, prefix, **others)
    await create_topics(settings)
    return settings
