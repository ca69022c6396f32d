"""Near duplicates through the topics: what is published, promotion, a standby that takes over, the same answer."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import jsonschema
import orjson

from pipeline.engines import Engine
from pipeline.schemas import schema
from pipeline.streams.headers import read
from pipeline.topics import DUPLICATES, ENRICHED
from tests.kafka.harness import Process, feed, item, prepared, until, working
from tests.kafka.test_streams import all_stages

WORDS = (
    "أعلنت الحكومة اليوم عن خطة جديدة لتوسيع شبكة الطرق في المحافظات الشمالية بتمويل من البنك "
    "المركزي وقال وزير النقل إن العمل سيبدأ في الربيع المقبل وسيستمر ثلاث سنوات على الأقل مضيفا أن "
    "الشركات المحلية ستحصل على نصف العقود بينما حذر خبراء من ارتفاع الكلفة بسبب أسعار الحديد "
    "والإسمنت التي صعدت عشرين في المئة منذ مطلع العام الجاري"
).split()
STORY = " ".join(WORDS)
REWRITTEN = " ".join([*WORDS[:8], "طموحة", *WORDS[9:], "بحسب", "مراقبين"])
PART = " ".join(WORDS[12:45])
FULLER = STORY + " " + " ".join(f"وتفصيل{number}" for number in range(120))


async def test_kinds_clusters_and_what_extends(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix, partitions=1)
    wire = [
        ("flash", PART),
        ("first", FULLER),
        ("exact", FULLER.replace("أ", "ا") + "!"),
        ("part", PART + " أيضا"),
    ]
    await feed(settings, [item(uri, text) for uri, text in wire])
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: len(story.outcomes) == 4)
    enriched = found.enriched()
    assert set(enriched) == {"flash", "first"}
    assert enriched["first"]["extends"] == "flash"
    assert enriched["flash"]["cluster"] == enriched["first"]["cluster"]
    records = {record.key.decode(): orjson.loads(record.value) for record in found.on(DUPLICATES)}
    assert {uri: (each["duplicate_of"], each["kind"]) for uri, each in records.items()} == {
        "exact": ("first", "exact"),
        "part": ("flash", "near"),
    }
    for each in records.values():
        jsonschema.Draft202012Validator(schema("duplicate.1")).validate(each)
        assert each["cluster"] == enriched["flash"]["cluster"]


async def test_a_kill_promotes_the_next_and_the_move_names_the_first_outcome(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix, partitions=1)
    await feed(
        settings, [item("a", STORY), item("b", REWRITTEN), item("c", STORY), item("a", "", pubStatus="canceled")]
    )
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: "b" in story.enriched() and len(story.outcomes) == 4)
    assert found.by_key() == {"a": ["enriched", "killed"], "b": ["duplicate"], "c": ["duplicate"]}
    assert set(found.enriched()) == {"b"}
    (move,) = (record for record in found.on(ENRICHED) if record.key == b"b")
    assert read(move.headers, "khabar-first-outcome") == "duplicate"
    assert read(move.headers, "khabar-outcome") == "enriched"
    (duplicate,) = (record for record in found.on(DUPLICATES) if record.key == b"b")
    assert read(move.headers, "khabar-input") == read(duplicate.headers, "khabar-input")
    report = orjson.loads(move.value)["stages"]["duplicates"]
    assert report["reason"] == "an earlier article that told this was taken back"
    assert all(outcomes != {"duplicate", "enriched"} for outcomes in found.outcomes.values())


async def test_a_copy_takes_the_place_of_what_breaks_the_model(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix, partitions=1)
    await feed(settings, [item("a", STORY + " سُمّ"), item("b", STORY), item("c", STORY)])
    async with working(settings, all_stages()):
        found = await until(settings, lambda story: "b" in story.enriched() and len(story.outcomes) == 3)
        await asyncio.sleep(1)
    assert found.by_key() == {"a": ["dead-letter"], "b": ["duplicate"], "c": ["duplicate"]}
    assert set(found.enriched()) == {"b"}


async def test_a_standby_has_the_state_when_the_owner_dies(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    stages = ("language", "duplicates", "claims")  # nothing is tagged: UNIQUE is where it ends here
    await feed(settings, [item("first", STORY)])
    owner, standby = Process(settings, *stages), Process(settings, *stages)
    try:
        await feed(settings, [item("second", REWRITTEN)])
        await until(settings, lambda story: len(story.on(DUPLICATES)) == 1)
        owner.kill()
        await feed(settings, [item("third", PART)])
        found = await until(settings, lambda story: len(story.on(DUPLICATES)) == 2)
    finally:
        logs = [owner.close(), standby.close()]
    of = {record.key: orjson.loads(record.value)["duplicate_of"] for record in found.on(DUPLICATES)}
    assert of in ({b"second": "first", b"third": "first"}, {b"first": "second", b"third": "second"}), logs
    found.repeats()


async def test_clusters_are_listed(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix, partitions=1)
    sources = [
        ("a", STORY, "وكالة"),
        ("b", REWRITTEN, "صحيفة"),
        ("c", FULLER, None),
        ("alone", " ".join(WORDS[::-1]), "وكالة"),
    ]
    await feed(
        settings,
        [item(u, t, **({"infoSources": [{"name": outlet}]} if outlet else {})) for u, t, outlet in sources],
    )
    async with working(settings, all_stages()):
        await until(settings, lambda story: len(story.outcomes) == 4)

    def khabar(*arguments: str) -> bytes:
        command = [sys.executable, "-m", "pipeline.cli.main", "clusters", *arguments]
        variables = {"KHABAR_KAFKA_BOOTSTRAP_SERVERS": engine.bootstrap_servers, "KHABAR_TOPIC_PREFIX": prefix}
        return subprocess.run(command, capture_output=True, env={**os.environ, **variables}, check=True).stdout

    (cluster,) = orjson.loads(await asyncio.to_thread(khabar, "--json"))["clusters"]
    assert [(m["uri"], m["state"], m["outlet"]) for m in cluster["members"]] == [
        ("a", "unique", "وكالة"), ("b", "duplicate", "صحيفة"), ("c", "unique", None),
    ]  # fmt: skip
    assert cluster["members"][2]["extends"] == "a"
    assert cluster["articles"] == 3
    assert cluster["first"] <= cluster["last"]
    assert "صحيفة" in (await asyncio.to_thread(khabar)).decode()
