"""The sample wire through every stage with the model that ships: what the demo shows, checked record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import orjson
import pytest

from pipeline.assembly import stages
from pipeline.cli.feeding import items
from pipeline.engines import Engine
from pipeline.errors import Reject
from pipeline.feeds import FeedItem, Refusal
from pipeline.items import read_item
from pipeline.records import DEAD_LETTER_NAMES
from pipeline.sample import FEEDS, REFUSALS, REFUSED, WIRE, Expectation, expected, expected_counts
from pipeline.schemas import schema
from pipeline.settings import Settings
from pipeline.streams.headers import read
from pipeline.topics import DEAD_LETTER, DUPLICATES, ENRICHED, OTHER_LANGUAGE, SUPERSEDED
from tests.kafka.harness import Story, feed, prepared, until, working

SUBJECTS = {
    ENRICHED: "enriched.1",
    DUPLICATES: "duplicate.1",
    OTHER_LANGUAGE: "other-language.1",
    SUPERSEDED: "superseded.1",
}


def wire(settings: Settings) -> Iterator[FeedItem]:
    for name, kind in FEEDS:
        for found in items(settings, kind, WIRE / name):
            assert isinstance(found, FeedItem)
            yield found


async def test_every_record_ends_where_the_manifest_says(engine: Engine, prefix: str) -> None:
    settings = await prepared(engine, prefix)
    fed = await feed(settings, wire(settings))
    async with working(settings, stages(settings)):
        found = await until(settings, lambda story: len(story.outcomes) == fed)
    counts = Counter(outcome for outcomes in found.outcomes.values() for outcome in outcomes)
    assert counts == expected_counts()
    assert counts.total() == fed == len(expected())
    check_outcomes(found)
    check_schemas(found)
    check_spans(found)
    check_raw(settings)


def check_outcomes(found: Story) -> None:
    by_key = found.by_key()
    manifest: dict[str, list[Expectation]] = {}
    for expectation in expected():
        manifest.setdefault(expectation.key or "", []).append(expectation)
    for key, expectations in manifest.items():
        if twin := expectations[0].twin:
            assert sorted(by_key[key] + by_key[twin]) == ["duplicate", "enriched"]
        else:
            assert by_key[key] == [each.outcome for each in expectations], key


def check_schemas(found: Story) -> None:
    checked = 0
    for topic, subject in SUBJECTS.items():
        validator = jsonschema.Draft202012Validator(schema(subject))
        for record in found.on(topic):
            if record.value is not None:
                validator.validate(orjson.loads(record.value))
                checked += 1
    assert checked > 80
    validator = jsonschema.Draft202012Validator(schema("dead-letter-headers.1"))
    for letter in found.on(DEAD_LETTER):
        validator.validate({name: read(letter.headers, name) for name in DEAD_LETTER_NAMES.values()})


def check_spans(found: Story) -> None:
    """Every offset in every record: `text[start:end]` is the span's text."""
    checked = Counter[str]()
    for record in found.enriched().values():
        for span in spans(record):
            assert record["text"][span["start"] : span["end"]] == span["text"] != ""
            checked[record["uri"]] += 1
        named = {entity["id"] for entity in record["entities"]}
        for claim in record["claims"]:
            assert claim["claimant"] is None or claim["claimant"]["entity"] in {None, *named}
    assert checked.total() > 500


def spans(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a record that has a start."""
    if isinstance(value, list):
        for each in value:
            yield from spans(each)
    elif isinstance(value, dict):
        if "start" in value:
            yield value
        for name, each in value.items():
            if name != "item":
                yield from spans(each)


def check_raw(settings: Settings) -> None:
    """What the feeds make fits the schema of raw items, as far as it can be read."""
    validator = jsonschema.Draft202012Validator(schema("raw.1"))
    readable = 0
    for found in wire(settings):
        try:
            item = read_item(found.key, found.value, settings.article_limit_bytes)
        except Reject:
            continue  # the manifest says which are dead letters
        validator.validate(item.raw)
        readable += 1
    assert readable > 80


@pytest.mark.parametrize(("name", "kind", "reason"), REFUSALS)
def test_what_no_feed_lets_through(name: str, kind: str, reason: str) -> None:
    (refusal,) = items(Settings(), kind, REFUSED / name)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason
