"""The contract of all feeds."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FeedError
from pipeline.feeds import KINDS, FeedItem, Refusal, feed_for, kind_of
from tests.feeding import LIMIT, read, refusals


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.binary() | st.text().map(str.encode), packed=st.booleans())
def test_any_bytes_get_an_answer(kind: str, data: bytes, packed: bool) -> None:
    answers = read(kind, gzip.compress(data) if packed else data)
    assert answers
    for answer in answers:
        if isinstance(answer, FeedItem):
            assert kind == "records" or (answer.key and answer.value is not None and len(answer.value) <= LIMIT)
        else:
            assert answer.where.startswith("wire.x")
            assert answer.reason


_FIELDS = (
    "uri id title text date version url key value value_gzip headline body_xhtml bodies headlines pubstatus"
    " renditions altids contenttype"
)
_NAME = st.sampled_from(_FIELDS.split())
_LINE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | _NAME, inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", ["ninjs", "jsonl", "records"])
@given(lines=st.lists(st.dictionaries(_NAME, _LINE) | _LINE, min_size=1))
def test_each_line_gets_one_answer(kind: str, lines: list[Any]) -> None:
    data = b'{"uri":"urn:first","id":"urn:first","key":"a","value":"a"}\n' + b"\n".join(map(orjson.dumps, lines))
    assert len(read(kind, data, limit=1 << 20)) == len(lines) + 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"")])
def test_an_empty_feed_is_refused(kind: str, data: bytes) -> None:
    assert [reason for _, reason in refusals(kind, data)]
    assert not [item for item in read(kind, data) if isinstance(item, FeedItem)]


def test_an_empty_feed_says_so() -> None:
    assert refusals("jsonl", b"") == [("wire.x", "empty feed: there is no item in it")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"\x1f\x8bxx", gzip.compress(b'{"id": 1, "text": "x"}' * 99)[:-9]])
def test_broken_gzip_is_refused(kind: str, data: bytes) -> None:
    assert any("broken gzip" in reason for _, reason in refusals(kind, data))


def test_gzip_is_read() -> None:
    line = b'{"id": "urn:x:1", "text": "a"}\n'
    assert read("jsonl", gzip.compress(line)) == read("jsonl", line)


@pytest.mark.parametrize("kind", ["ninjs", "jsonl"])
def test_what_is_broken_is_passed_on_as_it_came(kind: str) -> None:
    data = (
        b'{"id":"urn:a","uri":"urn:a","text":"x"}\r\n\n{"id": \xff\n[1]\n{"id":"urn:b","uri":"urn:b","text":"x"}'
    )
    good, broken, array, last = read(kind, data)
    assert isinstance(good, FeedItem)
    assert isinstance(last, FeedItem)
    assert (good.key, good.note, last.key) == (b"urn:a", None, b"urn:b")
    assert isinstance(broken, FeedItem)
    assert (broken.key, broken.value) == (f"{kind}:wire.x#3".encode(), b'{"id": \xff')
    assert broken.note is not None
    assert "broken JSON" in broken.note
    assert array == FeedItem(f"{kind}:wire.x#4".encode(), b"[1]", "not a JSON object")


@pytest.mark.parametrize("kind", ["ninjs", "jsonl"])
def test_what_is_over_the_limit_is_refused_and_its_neighbours_are_not(kind: str) -> None:
    good = b'{"id":"urn:a","uri":"urn:a","text":"x"}\n'
    large = b'{"id":"urn:b","uri":"urn:b","text":"' + b"x" * 200_000 + b'"}\n'
    first, refused, last = read(kind, good + large + good)
    assert first == last
    assert isinstance(refused, Refusal)
    assert refused.where == "wire.x#2"
    assert "over the limit" in refused.reason


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("agency.ninjs.jsonl", "ninjs"),
        ("a.json", "ninjs"),
        ("/wire/2026.11.23/a.jsonl.gz", "jsonl"),
        ("A.RSS", "rss"),
        ("a.xml", "rss"),
        ("a.records.jsonl", "records"),
        ("a.txt", None),
        ("a", None),
    ],
)
def test_a_name_says_the_kind(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind
    if kind:
        assert feed_for(path).kind == kind
        return
    with pytest.raises(FeedError, match="does not say"):
        feed_for(path)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(FeedError, match="unknown kind of feed: nitf"):
        feed_for("a.json", "nitf")
