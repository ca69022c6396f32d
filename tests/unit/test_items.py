"""The raw record: what is read, what is rejected, and what a rejection still says."""

from __future__ import annotations

import contextlib
from datetime import UTC, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Reject
from pipeline.items import UnusableItem, read_item
from pipeline.records import Version
from tests.bad_input import BAD, LIMIT, ODD, TEXT, URI, Case, item

KEY = URI.encode()


def read(**fields: Any) -> Any:
    found = item(**fields)
    return read_item(found["uri"].encode(), orjson.dumps(found), LIMIT)


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_bad_input_is_rejected_with_its_reason(case: Case) -> None:
    with pytest.raises(UnusableItem) as caught:
        read_item(case.key, case.value, LIMIT)
    assert case.message
    assert case.message in str(caught.value)


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.name)
def test_odd_input_is_read(case: Case) -> None:
    found = read_item(case.key, case.value, LIMIT)
    assert case.value is not None
    assert found.raw == orjson.loads(case.value)
    assert found.uri.encode() == case.key
    assert found.text.strip() or found.pubstatus != "usable"
    orjson.dumps(found.raw)


@pytest.mark.parametrize(
    ("fields", "withdrawn"),
    [
        ({"bodies": 7}, Version(number=1)),
        ({"headlines": [], "bodies": []}, Version(number=1)),
        ({"pubStatus": "x"}, Version(number=1)),
        ({"bodies": [{"value": "ن" * LIMIT}]}, Version(number=1)),
        ({"version": None, "bodies": [{"value": "\0"}]}, Version()),
        ({"version": "x"}, None),
    ],
)
def test_a_rejection_says_what_to_withdraw(fields: dict[str, Any], withdrawn: Version | None) -> None:
    with pytest.raises(UnusableItem) as caught:
        read(**fields)
    assert (caught.value.uri, caught.value.version) == (URI, withdrawn)


def test_an_item_under_another_key_withdraws_nothing() -> None:
    with pytest.raises(UnusableItem) as caught:
        read_item(b"urn:other", orjson.dumps(item()), LIMIT)
    assert (caught.value.uri, caught.value.version) == (None, None)


@pytest.mark.parametrize(
    ("fields", "version"),
    [
        ({"version": "07"}, Version(number=7)),
        ({"version": 7}, Version(number=7)),
        ({"version": None}, Version()),
        (
            {"version": None, "versionCreated": "2026-01-01T10:00:00+03:00"},
            Version(created="2026-01-01T07:00:00+00:00"),
        ),
        (
            {"versioncreated": "2026-01-01T10:00:00.5Z"},
            Version(number=1, created="2026-01-01T10:00:00.500000+00:00"),
        ),
    ],
)
def test_versions(fields: dict[str, Any], version: Version) -> None:
    assert read(**fields).version == version


_ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.lists(st.datetimes(timezones=_ZONES), min_size=2, max_size=2))
def test_times_of_versions_order_as_strings(moments: list[Any]) -> None:
    found = []
    for moment in moments:
        try:
            utc = moment.astimezone(UTC)
            found.append((utc, read(versionCreated=moment.isoformat()).version.created))
        except OverflowError:
            return
    (first, one), (second, other) = found
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


def test_text_is_headline_blank_line_body_code_point_for_code_point() -> None:
    text = "  قـــال\r\n\ufeffﻗﺎﻝ\t👩‍👧 \u200f"
    assert read(headlines=[{"value": " خبر "}], bodies=[{"value": text}]).text == f" خبر \n\n{text}"
    assert read(headlines=[{"value": " "}], bodies=[{"value": text}]).text == text
    assert read(bodies=[{"value": "<p></p>", "contentType": "text/html"}]).text == "خبر"


@pytest.mark.parametrize(
    ("bodies", "text"),
    [
        ([{"role": "teaser", "value": "موجز"}, {"value": "المتن"}], "المتن"),
        ([{"value": "بلا دور"}, {"role": "main", "value": "المتن"}], "المتن"),
        ([{"role": "teaser", "value": "موجز"}, {"role": "richtext", "value": "المتن"}], "المتن"),
        ([{"role": "teaser", "value": "موجز"}], "موجز"),
        ([{"role": "main", "value": " "}, {"role": "teaser", "value": "موجز"}], "موجز"),
        (
            [
                {"role": "main", "contentType": "text/html", "value": "<p>المتن</p>"},
                {"role": "main", "contentType": "text/plain", "value": "صرف"},
            ],
            "صرف",
        ),
        ([{"contentType": "Text/HTML; charset=utf-8", "value": "<p>أ</p><p>ب</p>"}], "أ\nب"),
        ([{"contenttype": "application/xhtml+xml", "value": "<p>أ</p>"}], "أ"),
        ([{"contentType": "application/nitf+xml", "value": "<block><p>أ</p><p>ب</p></block>"}], "أ\nب"),
        ([{"value": "<p>أ</p>"}], "<p>أ</p>"),
        ([{"contentType": "image/png", "value": "iVBO"}, {"role": "teaser", "value": "موجز"}], "موجز"),
    ],
)
def test_the_main_body_is_the_text(bodies: list[dict[str, Any]], text: str) -> None:
    assert read(headlines=None, bodies=bodies).text == text


def test_headlines_are_plain_unless_they_say_otherwise() -> None:
    assert read(headlines=[{"value": "<b>خبر</b>"}], bodies=None).text == "<b>خبر</b>"
    assert read(headlines=[{"value": "<b>خبر</b>", "contentType": "text/html"}], bodies=None).text == "خبر"


def test_status_is_kept() -> None:
    assert read().pubstatus == "usable"
    assert read(pubstatus="canceled", headlines=None, bodies=None).pubstatus == "canceled"
    assert read(pubStatus="withheld").text == f"خبر\n\n{TEXT}"


@given(st.none() | st.binary(), st.none() | st.binary())
def test_any_bytes_are_an_item_or_a_reject(key: bytes | None, value: bytes | None) -> None:
    with pytest.raises(Reject):
        read_item(key, value, LIMIT)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("version", "versionCreated", "pubStatus", "headlines", "bodies", "value", "contentType", "role")


_OBJECT = st.dictionaries(st.sampled_from(_FIELDS), _JSON)


@given(_OBJECT, st.lists(_OBJECT))
def test_any_object_is_an_item_or_a_reject(fields: dict[str, Any], bodies: list[dict[str, Any]]) -> None:
    value = orjson.dumps({"bodies": bodies, **fields, "uri": URI})
    with contextlib.suppress(Reject):
        assert read_item(KEY, value, LIMIT).raw == orjson.loads(value)
