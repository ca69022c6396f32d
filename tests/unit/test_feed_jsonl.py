"""Plain JSON Lines."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from pipeline.feeds import FeedItem
from tests.feeding import items, read


def test_jsonl_becomes_ninjs() -> None:
    line = {
        "id": 7,
        "title": " ع ",
        "text": "a\r\nب",
        "date": "2026-01-01",
        "version": 2,
        "source": "س",
        "url": "u:x",
    }
    assert items("jsonl", orjson.dumps(line), "archive/desk.2026.jsonl") == [
        (
            "urn:khabar:jsonl:desk:7",
            {
                "uri": "urn:khabar:jsonl:desk:7",
                "type": "text",
                "version": "2",
                "versionCreated": "2026-01-01T00:00:00+00:00",
                "headlines": [{"role": "main", "contentType": "text/plain", "value": " ع "}],
                "bodies": [{"role": "main", "contentType": "text/plain", "value": "a\r\nب"}],
                "infoSources": [{"name": "س"}],
                "altIds": [{"role": "url", "value": "u:x"}],
            },
        )
    ]


@pytest.mark.parametrize(
    ("line", "uri"),
    [
        ({"uri": "https://example.org/1", "body": "x"}, "https://example.org/1"),
        ({"url": "https://example.org/1", "content": "x"}, "https://example.org/1"),
        ({"id": "", "uri": "urn:x:1", "headline": "x"}, "urn:x:1"),
        ({"id": "a b", "text": "x"}, "urn:khabar:jsonl:wire:a%20b"),
        ({"id": 0, "text": "x"}, "urn:khabar:jsonl:wire:0"),
    ],
)
def test_jsonl_uris(line: dict[str, Any], uri: str) -> None:
    assert [key for key, _ in items("jsonl", orjson.dumps(line))] == [uri]


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ({"text": "x"}, "no id, uri or url"),
        ({"id": True, "text": "x"}, "id is neither"),
        ({"id": 1}, "neither a title nor a text"),
        ({"id": 1, "text": ""}, "neither a title nor a text"),
        ({"id": 1, "text": 2}, "text is not a string"),
        ({"id": 1, "text": "x", "date": "yesterday"}, "not ISO 8601"),
        ({"id": 1, "text": "x", "version": 1.5}, "version is neither"),
    ],
)
def test_jsonl_that_cannot_be_read_is_passed_on(line: dict[str, Any], note: str) -> None:
    (answer,) = read("jsonl", orjson.dumps(line))
    assert isinstance(answer, FeedItem)
    assert (answer.key, answer.value) == (b"jsonl:wire.x#1", orjson.dumps(line))
    assert answer.note is not None
    assert note in answer.note
