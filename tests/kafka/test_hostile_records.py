"""Records that nobody should send, on any topic: the worker goes on, or says what a person must mend."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

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

ARTICLE = encode(
    Article(uri="x", version=Version(), text="نص", item={}, language=Language(code="ar", confidence=1.0))
)
DEEP = ARTICLE.replace(b'"item":{}', b'"item":' + b'{"a":' * 1000 + b"1" + b"}" * 1000)


async def put(settings: Settings, topic: Topic, value: bytes, **others: Any) -> None:
    """As somebody else would: compressed, and without our limits."""
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers, max_request_size=100 << 20, compression_type="gzip"
    ) as producer:
        await producer.send_and_wait(topic.full_name(settings), value, key=b"x", **others)


@pytest.mark.parametrize(
    ("topic", "value", "headers", "outcome"),
    [
        (RAW, b'{"uri":"x"' + b" " * (6 << 20) + b"}", [], "dead-letter"),  # compressed it fits the topic
        (RAW, b"{", [("khabar-input", None), ("trace", b"\xff")], "dead-letter"),
        (ARABIC, b"{", [("khabar-input", None)], "dead-letter"),
        (ARABIC, ARTICLE, [("khabar-input", b"zz/0/5"), ("khabar-received", b"9" * 5000)], "enriched"),
        (ARABIC, ARTICLE, [("khabar-input", b"zz/0/5"), ("khabar-received", b"9" * 30)], "enriched"),
        (ARABIC, ARTICLE, [("khabar-input", b"no number"), ("khabar-received", "٣".encode())], "enriched"),
        (UNIQUE, DEEP, [], "dead-letter"),
    ],
    ids=["6 MB compressed", "null header", "null input", "5,000 digits", "30 digits", "no offset", "too deep"],
)
async def test_a_hostile_record_harms_only_itself(
    engine: Engine, prefix: str, topic: Topic, value: bytes, headers: list[Any], outcome: str
) -> None:
    settings = await prepared(engine, prefix)
    await put(settings, topic, value, headers=headers)
    await feed(settings, [item("good", TEXT.format(1))])
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: len(story.outcomes) == 2, within=30)
    assert found.by_key() == {"good": ["enriched"], "x": [outcome]}
    if outcome == "dead-letter":
        (letter,) = found.on(DEAD_LETTER)
        assert letter.value == value
        assert read(letter.headers, "__connect.errors.topic") == topic.full_name(settings)


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
    await put(settings, VERDICTS, b"{")
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
