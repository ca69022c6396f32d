"""The sample wire is what it says, as far as feeds and items can tell."""

from __future__ import annotations

from collections import defaultdict

import pytest

from pipeline.arabic.normalise import normalised
from pipeline.errors import Reject
from pipeline.feeds import FeedItem, Refusal, feed_for, kind_of
from pipeline.items import Item, read_item
from pipeline.sample import FEEDS, REFUSALS, REFUSED, WIRE, Expectation, expected, expected_counts


def records() -> list[tuple[Expectation, FeedItem]]:
    found: list[tuple[str, FeedItem]] = []
    for name, kind in FEEDS:
        with (WIRE / name).open("rb") as file:
            for answer in feed_for(name, kind).read(file, name):
                assert isinstance(answer, FeedItem), answer
                found.append((name, answer))
    expectations = expected()
    assert [(e.file, e.key) for e in expectations] == [
        (name, None if item.key is None else item.key.decode()) for name, item in found
    ]
    return [(expectation, item) for expectation, (_, item) in zip(expectations, found, strict=True)]


def usable() -> list[tuple[Expectation, Item]]:
    return [(e, read_item(item.key, item.value)) for e, item in records() if e.outcome != "dead-letter"]


def test_it_is_large_and_every_kind_of_outcome_is_in_it() -> None:
    counts = expected_counts()
    assert sum(counts.values()) == len(records()) >= 80
    assert set(counts) == {"enriched", "duplicate", "other-language", "superseded", "killed", "dead-letter"}
    assert all(counts.values())


def test_every_file_is_fed_or_refused() -> None:
    files = {path.name for path in WIRE.iterdir() if path.is_file()}
    assert files == {name for name, _ in FEEDS} | {"expected.json"}
    assert {path.name for path in REFUSED.iterdir()} == {name for name, _, _ in REFUSALS}
    assert all(kind_of(name) == kind for name, kind, *_ in (*FEEDS, *REFUSALS))


def test_bad_input_is_rejected_and_nothing_else_is() -> None:
    for expectation, item in records():
        if expectation.outcome == "dead-letter":
            with pytest.raises(Reject):
                read_item(item.key, item.value)
        else:
            found = read_item(item.key, item.value)
            assert (found.pubstatus != "usable") == (expectation.outcome == "killed"), expectation


def test_what_feeds_could_not_read_is_dead_lettered() -> None:
    passed_on = [expectation for expectation, item in records() if item.note is not None]
    assert passed_on
    assert {expectation.outcome for expectation in passed_on} == {"dead-letter"}


@pytest.mark.parametrize(("name", "kind", "reason"), REFUSALS)
def test_refused_files_are_refused(name: str, kind: str, reason: str) -> None:
    with (REFUSED / name).open("rb") as file:
        (answer,) = feed_for(name, kind).read(file, name)
    assert isinstance(answer, Refusal)
    assert reason in answer.reason


def test_the_same_text_stands_under_two_uris_exactly_where_it_should() -> None:
    uris: defaultdict[str, set[str]] = defaultdict(set)
    for _, item in usable():
        if item.pubstatus == "usable":
            uris[normalised(item.text)].add(item.uri)
    pairs = {frozenset(found) for found in uris.values() if len(found) > 1}
    twins = [expectation for expectation in expected() if expectation.outcome == "twin"]
    assert pairs == {frozenset((str(twin.key), str(twin.twin))) for twin in twins}
    assert len(twins) == 2 * len(pairs) > 0


def test_versions_come_in_an_order_that_says_what_is_superseded() -> None:
    newest: dict[str, tuple[int, str]] = {}
    versions = 0
    for expectation, item in usable():
        rank = (item.version.number or 0, item.version.created or "")
        if item.uri not in newest:
            newest[item.uri] = rank
            assert expectation.outcome != "superseded"
            continue
        versions += 1
        assert (rank < newest[item.uri]) == (expectation.outcome == "superseded"), expectation
        newest[item.uri] = max(newest[item.uri], rank)
    assert versions >= 5


def test_one_article_has_five_thousand_words() -> None:
    assert max(len(item.text.split()) for _, item in usable()) >= 5000


def test_languages_are_what_they_say() -> None:
    diverted = {str(item.raw.get("language")) for e, item in usable() if e.outcome == "other-language"}
    assert {"en", "fa", "ur", "ckb"} <= diverted
    (dialect,) = (e.outcome for e, item in usable() if item.raw.get("language") == "arz")
    assert dialect == "enriched"
