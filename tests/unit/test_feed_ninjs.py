"""ninjs of all versions, and records as they are on the topic."""

from __future__ import annotations

import orjson
import pytest

from pipeline.feeds import FeedItem
from tests.feeding import items, read, refusals


def test_ninjs_3_is_passed_on_byte_for_byte() -> None:
    lines = [
        b'{ "uri":"urn:1", "bodies":[{"value":"\xd8\xae"}] , "n":1.10}',
        b'{"uri":"urn:2","bodies":[{"value":"b"}]}',
    ]
    for data in (b"\n".join(lines), b"\xef\xbb\xbf[" + b" , ".join(lines) + b"]\n"):
        assert [item.value for item in read("ninjs", data) if isinstance(item, FeedItem)] == lines


def test_one_item_may_be_spread_over_lines() -> None:
    item = {"uri": "urn:1", "headlines": [{"value": "خبر"}]}
    assert items("ninjs", orjson.dumps(item, option=orjson.OPT_INDENT_2)) == [("urn:1", item)]


@pytest.mark.parametrize("data", [b'{\n "uri": "urn:1",\n "headlines"', b'[{"uri": "urn:1"},'])
def test_a_broken_file_is_passed_on_whole(data: bytes) -> None:
    (answer,) = read("ninjs", data)
    assert isinstance(answer, FeedItem)
    assert (answer.key, answer.value) == (b"ninjs:wire.x#1", data)


@pytest.mark.parametrize("limit", [200, 201, 202, 203, 300])
def test_a_broken_first_line_costs_no_other(limit: int) -> None:
    good = [b'{"uri":"urn:%d","bodies":[{"value":"%s"}]}' % (n, b"x" * (n % 40)) for n in range(500)]
    broken, *rest = read("ninjs", b"\n\n{\n" + b"\n".join(good), limit=limit)
    assert isinstance(broken, FeedItem)
    assert (broken.key, broken.value) == (b"ninjs:wire.x#3", b"{")
    assert [item.value for item in rest if isinstance(item, FeedItem)] == good


def test_a_spread_item_over_the_limit_is_refused() -> None:
    item = orjson.dumps({"uri": "urn:1", "text": ["x" * 50] * 99}, option=orjson.OPT_INDENT_2)
    ((where, reason),) = refusals("ninjs", item)
    assert where == "wire.x"
    assert "over the limit" in reason


def test_ninjs_2_becomes_3() -> None:
    old = {
        "uri": "urn:1",
        "versioncreated": "2026-01-01T10:00:00Z",
        "pubstatus": "usable",
        "bodies": [{"role": "main", "contenttype": "text/html", "charcount": 3, "value": "<p>أ</p>"}],
    }
    new = {
        "uri": "urn:1",
        "versionCreated": "2026-01-01T10:00:00Z",
        "pubStatus": "usable",
        "bodies": [{"role": "main", "contentType": "text/html", "charCount": 3, "value": "<p>أ</p>"}],
    }
    assert items("ninjs", orjson.dumps(old)) == [("urn:1", new)]


def test_ninjs_1_becomes_3() -> None:
    old = {
        "uri": "urn:1",
        "$standard": {"name": "ninjs"},
        "byline": "م. ع.",
        "headline_short": "قصير",
        "headline": "عنوان",
        "body_xhtml": "<p>أ</p>",
        "body_text_teaser": "موجز",
        "body_rich": " <p>أ</p>",
        "description_text": "وصف",
        "person": [{"name": "س"}],
        "renditions": {"web": {"href": "https://example.org", "sizeinbytes": 3}},
        "altids": {"desk": 7},
    }
    assert items("ninjs", orjson.dumps(old)) == [
        (
            "urn:1",
            {
                "uri": "urn:1",
                "by": "م. ع.",
                "people": [{"name": "س"}],
                "renditions": [{"name": "web", "href": "https://example.org", "sizeInBytes": 3}],
                "altIds": [{"role": "desk", "value": 7}],
                "headlines": [
                    {"role": "main", "value": "عنوان"},
                    {"role": "short", "contentType": "text/plain", "value": "قصير"},
                ],
                "bodies": [
                    {"role": "main", "contentType": "application/xhtml+xml", "value": "<p>أ</p>"},
                    {"role": "teaser", "contentType": "text/plain", "value": "موجز"},
                    {"role": "rich", "contentType": "text/html", "value": " <p>أ</p>"},
                ],
                "descriptions": [{"role": "main", "contentType": "text/plain", "value": "وصف"}],
            },
        )
    ]


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        (b'{"key": null, "value": null}', None, None),
        (b'{"key": "\xd8\xae", "value": ""}', "خ".encode(), b""),
        (b'{"key_base64": "/w==", "value_base64": "AA=="}', b"\xff", b"\0"),
    ],
)
def test_records_are_sent_unchanged(line: bytes, key: bytes | None, value: bytes | None) -> None:
    assert read("records", line) == [FeedItem(key, value)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"x", "broken JSON"),
        (b"[]", "not a JSON object"),
        (b'{"value": ""}', "no key"),
        (b'{"key": 1, "value": ""}', "key is neither"),
        (b'{"key": "", "value_base64": "?"}', "value_base64 is no base64"),
        (b'{"key": "", "value_gzip": "AAAA"}', "value_gzip is no gzip"),
    ],
)
def test_a_line_that_is_no_record_is_refused(line: bytes, reason: str) -> None:
    ((where, found),) = refusals("records", line)
    assert where == "wire.x#1"
    assert reason in found
