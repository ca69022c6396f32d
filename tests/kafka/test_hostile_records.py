"""Records that nobody should send, on any topic: the worker goes on, or says what a person must mend."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest
from aiokafka import AIOKafkaProducer

from pipeline.engines import Engine
from pipeline.errors import Stop
from pipeline.kafka.admin import create_topics
from pipeline.records import Article, Language, Version, encode
from pipeline.settings import Settings
from pipeline.stages.claims import ClaimsStage
from pipeline.stages.language import LanguageStage
from pipeline.streams import state
from pipeline.streams.binding import Binding
from pipeline.streams.headers import read
from pipeline.streams.worker import Worker
from pipeline.topics import ALL, ARABIC, DEAD_LETTER, RAW, UNIQUE, VERDICTS, Topic
from tests.kafka.harness import feed, item, prepared, settings_for, until, working
from tests.kafka.test_streams import TEXT, all_stages


def article(uri: str) -> bytes:
    return encode(
        Article(uri=uri, version=Version(), text="نص", item={}, language=Language(code="ar", confidence=1.0))
    )


@dataclass(frozen=True)
class Hostile:
    """A record under its own key, put on a topic by somebody else."""

    key: str
    topic: Topic
    value: bytes
    outcome: str
    headers: tuple[tuple[str, bytes | None], ...] = ()


def received(digits: bytes, source: bytes) -> tuple[tuple[str, bytes | None], ...]:
    return (("khabar-input", source), ("khabar-received", digits))


DEEP = article("deep").replace(b'"item":{}', b'"item":' + b'{"a":' * 1000 + b"1" + b"}" * 1000)
HOSTILE = (
    # Compressed it fits the topic, which weighs it so; not compressed it is larger than the topic allows.
    Hostile("6-MB", RAW, b'{"uri":"6-MB"' + b" " * (6 << 20) + b"}", "dead-letter"),
    Hostile("null-header", RAW, b"{", "dead-letter", (("khabar-input", None), ("trace", b"\xff"))),
    Hostile("null-input", ARABIC, b"{", "dead-letter", (("khabar-input", None),)),
    Hostile("5000-digits", ARABIC, article("5000-digits"), "enriched", received(b"9" * 5000, b"zz/0/5")),
    Hostile("30-digits", ARABIC, article("30-digits"), "duplicate", received(b"9" * 30, b"zz/0/6")),
    Hostile("no-offset", ARABIC, article("no-offset"), "duplicate", received("٣".encode(), b"no number")),
    Hostile("deep", UNIQUE, DEEP, "dead-letter"),
)


async def put(settings: Settings, *records: Hostile) -> None:
    """As somebody else would: compressed, and without our limits."""
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers, max_request_size=100 << 20, compression_type="gzip"
    ) as producer:
        for record in records:
            topic = record.topic.full_name(settings)
            await producer.send_and_wait(
                topic, record.value, key=record.key.encode(), headers=list(record.headers)
            )


async def test_a_hostile_record_harms_only_itself(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    await put(settings, *HOSTILE)
    await feed(settings, [item("good", TEXT.format(1))])
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: len(story.by_key()) == len(HOSTILE) + 1, within=40)
    assert found.by_key() == {"good": ["enriched"], **{record.key: [record.outcome] for record in HOSTILE}}
    letters = {letter.key.decode(): letter for letter in found.on(DEAD_LETTER)}
    for record in HOSTILE:
        if record.outcome == "dead-letter":
            letter = letters[record.key]
            assert letter.value == record.value
            assert read(letter.headers, "__connect.errors.topic") == record.topic.full_name(settings)


async def test_a_new_version_is_no_duplicate_of_its_own_copies(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    async with working(settings, all_stages()):
        for number, wire in enumerate(
            [
                item("u1", TEXT.format(1), version=1),
                item("u2", TEXT.format(1), version=1),
                item("u1", TEXT.format(1) + " .", version=2),
            ]
        ):
            await feed(settings, [wire])
            found = await until(settings, lambda story, count=number + 1: len(story.outcomes) == count)
    assert found.by_key() == {"u1": ["enriched", "enriched"], "u2": ["duplicate"]}
    assert {key: record["version"] for key, record in found.enriched().items()} == {"u1": 2}


async def test_the_ordered_topic_must_have_one_partition(engine: Engine, prefix: str) -> None:
    settings = settings_for(engine, prefix)
    await create_topics(settings, [replace(t, partitions=3) if t is ARABIC else t for t in ALL])
    with pytest.raises(Stop, match=r"news.arabic has 3 partitions, but its order needs 1"):
        await asyncio.wait_for(Worker(settings, all_stages()).run(), 30)


async def test_a_broken_verdict_is_named(engine: Engine, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "RESTORE_PAUSE_SECONDS", 0.0)
    settings = await prepared(engine, prefix)
    await put(settings, Hostile("x", VERDICTS, b"{", "none"))
    await feed(settings, [item("u", TEXT.format(1))])
    with pytest.raises(Stop, match=r"khabar.duplicates.verdicts holds a record that is no decision"):
        await asyncio.wait_for(Worker(settings, all_stages()).run(), 30)


async def test_a_stage_that_cannot_start_ends_the_worker(
    engine: Engine, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = await prepared(engine, prefix)
    start = Binding.start

    async def failing(self: Binding) -> None:
        await start(self)
        if self._stage.name == "claims":
            raise ConnectionError("the broker went away")

    monkeypatch.setattr(Binding, "start", failing)
    with pytest.raises(Stop, match="the broker went away"):
        await asyncio.wait_for(Worker(settings, [LanguageStage(1 << 19), ClaimsStage()]).run(), 30)
