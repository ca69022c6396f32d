"""Stages bound to topics, on both brokers: bad input, poison, versions, restarts, SIGKILL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from pipeline.engines import Engine
from pipeline.errors import Stop
from pipeline.feeds import FeedItem
from pipeline.kafka.admin import create_topics
from pipeline.stages.claims import ClaimsStage
from pipeline.stages.duplicates import DuplicatesStage
from pipeline.stages.language import LanguageStage
from pipeline.stages.stage import Stage
from pipeline.stages.tagging import TaggingStage
from pipeline.streams.delivery import Delivery, Emission
from pipeline.streams.headers import read
from pipeline.streams.worker import Worker
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger
from pipeline.topics import ARABIC, DEAD_LETTER, DUPLICATES, ENRICHED, RAW, TAGGED, UNIQUE, Topic
from tests.bad_input import BAD, LIMIT, ODD
from tests.kafka.harness import (
    Process,
    feed,
    item,
    prepared,
    settings_for,
    until,
    working,
)

# Any three words in a row hold what is put in: two of these texts have no shingle in common.
TEXT = "قال الوزير {0} إن الحكومة {0} ستبدأ تنفيذ {0} المشروع في {0} العاصمة قبل {0} نهاية العام {0} الحالي."
FARSI = "وزیر گفت که دولت اجرای این طرح را پیش از پایان سال جاری در پایتخت آغاز خواهد کرد و بودجه کافی است."


class Quick(Tagger):
    """Finds nothing, at once; and breaks on poison, as a model may."""

    @property
    def version(self) -> str:
        return "quick"

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        if any("سُمّ" in text for text in texts):
            raise ValueError("the model broke")
        return [[] for _ in texts]

    def close(self) -> None:
        pass


def all_stages() -> list[Stage]:
    return [LanguageStage(LIMIT), DuplicatesStage(72), TaggingStage(Quick), ClaimsStage()]


async def test_bad_input_is_a_dead_letter_and_its_neighbours_go_on(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    wire: list[FeedItem] = []
    for number, case in enumerate([*BAD, *ODD]):
        wire += [item(f"urn:good:{number}", TEXT.format(number)), FeedItem(case.key, case.value)]
    fed = await feed(settings, wire)
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: len(story.outcomes) == fed)
    letters = {(letter.key, letter.value): letter for letter in found.on(DEAD_LETTER)}
    for case in BAD:
        letter = letters[case.key, case.value]  # key and bytes unchanged
        assert case.message in (read(letter.headers, "__connect.errors.exception.message") or ""), case.name
        assert read(letter.headers, "__connect.errors.topic") == RAW.full_name(settings)
    assert not [case.name for case in ODD if (case.key, case.value) in letters]
    outcomes = found.by_key()
    assert {key: told for key, told in outcomes.items() if key.startswith("urn:good:")} == {
        f"urn:good:{number}": ["enriched"] for number in range(len(BAD) + len(ODD))
    }


async def test_an_article_that_breaks_the_model_harms_only_itself(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    await feed(settings, [item(f"u{n}", TEXT.format(n) + (" سُمّ" if n == 7 else "")) for n in range(20)])
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: len(story.outcomes) == 20)
    assert found.by_key() == {f"u{n}": ["dead-letter" if n == 7 else "enriched"] for n in range(20)}
    (letter,) = found.on(DEAD_LETTER)
    assert read(letter.headers, "__connect.errors.stage") == "TAGGING"
    assert read(letter.headers, "__connect.errors.exception.message") == "the model broke"
    assert b'"u7"' in letter.value


async def test_versions_kills_and_withdrawals(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    first, second = TEXT.format("الأول"), TEXT.format("الثاني")
    await feed(
        settings,
        [
            item("corrected", first, version=1), item("corrected", first + " (مصحح)", version=2),
            item("late", second, version=2), item("late", second + " قديم", version=1),
            item("killed", TEXT.format(3)), item("killed", "", pubStatus="canceled"),
            item("withheld", TEXT.format(4)), item("withheld", TEXT.format(4), pubStatus="withheld"),
            item("turned Persian".replace(" ", "-"), TEXT.format(5)), item("turned-Persian", FARSI),
            item("broken-later", TEXT.format(6)), item("broken-later", "  "),
        ],
    )  # fmt: skip
    async with working(settings, all_stages()):
        found = await until(
            settings, lambda story: len(story.outcomes) == 12 and len(story.on(ENRICHED)) == 6 + 1 + 2 + 2
        )
    assert found.by_key() == {
        "corrected": ["enriched", "enriched"],
        "late": ["enriched", "superseded"],
        "killed": ["enriched", "killed"],
        "withheld": ["enriched", "killed"],
        "turned-Persian": ["enriched", "other-language"],
        "broken-later": ["enriched", "dead-letter"],
    }
    assert {key: record["version"] for key, record in found.enriched().items()} == {"corrected": 2, "late": 2}


async def test_the_window_survives_a_restart(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    await feed(settings, [item("first", TEXT.format("الأول"))])
    async with working(settings, all_stages()):
        await until(settings, lambda story: len(story.outcomes) == 1)
    await feed(settings, [item("copy", TEXT.format("الأوّل"))])
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: len(story.outcomes) == 2)
    (copy,) = found.on(DUPLICATES)
    assert copy.key == b"copy"
    assert b'"duplicate_of":"first"' in copy.value


async def test_a_killed_worker_loses_nothing(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    stages = ("language", "duplicates", "tagging", "claims")
    fed = await feed(settings, [item(f"u{n}", TEXT.format(n)) for n in range(600)])
    workers = [Process(settings, *stages), Process(settings, *stages)]
    try:
        await until(settings, lambda story: len(story.outcomes) > 100)
        workers[0].kill()
        workers.append(Process(settings, *stages))
        found = await until(settings, lambda story: len(story.outcomes) == fed)
        assert await workers[1].end(within=10) == 0
    finally:
        logs = [worker.close() for worker in workers]
    assert all(outcomes == {"enriched"} for outcomes in found.outcomes.values()), logs
    assert set(found.by_key()) == {f"u{n}" for n in range(600)}
    # What was delivered and not yet committed: a batch of each stage.
    assert found.repeats() <= len(stages) * settings.batch_articles


async def test_what_no_broker_has_acknowledged_is_not_committed(
    engine: Engine, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker ends just before it sends, once in each stage; the next one has to find all that it had taken."""
    settings = await prepared(engine, prefix)
    fed = await feed(settings, [item(f"u{n}", TEXT.format(n)) for n in range(40)])
    send = Delivery.send
    for topic in (ARABIC, UNIQUE, TAGGED, ENRICHED):

        async def cut_off(
            self: Delivery, emissions: Iterable[Emission], still_ours: Any, topic: Topic = topic
        ) -> bool:
            emissions = list(emissions)
            if any(emission.topic is topic for emission in emissions):
                raise Stop("the plug was pulled")
            return await send(self, emissions, still_ours)

        with monkeypatch.context() as patch:
            patch.setattr(Delivery, "send", cut_off)
            with pytest.raises(Stop, match="the plug was pulled"):
                await asyncio.wait_for(Worker(settings, all_stages()).run(), 30)
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: len(story.outcomes) == fed)
    assert found.by_key() == {f"u{n}": ["enriched"] for n in range(40)}
    found.repeats()


async def test_a_worker_that_joins_and_leaves_costs_nothing(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    fed = await feed(settings, [item(f"u{n}", TEXT.format(n)) for n in range(400)])
    async with working(settings, all_stages()):
        await until(settings, lambda story: len(story.outcomes) > 50)
        async with working(settings, all_stages()):
            await asyncio.sleep(2)
        found = await until(settings, lambda story: len(story.outcomes) == fed)
    assert all(outcomes == {"enriched"} for outcomes in found.outcomes.values())
    found.repeats()


async def test_missing_topics_are_named_with_the_command_that_makes_them(engine: Engine, prefix: str) -> None:
    settings = settings_for(engine, prefix)
    with pytest.raises(Stop, match=rf"{prefix}news.raw.*khabar topics"):
        await Worker(settings, all_stages()).run()
    assert {state.created for state in await create_topics(settings)} == {True}
    assert {state.created for state in await create_topics(settings)} == {False}
