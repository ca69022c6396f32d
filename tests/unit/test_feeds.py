"""The contract of all feeds, and what each makes of its format."""

from __future__ import annotations

import gzip
import io
from typing import Any
from xml.sax.saxutils import escape

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FeedError
from pipeline.feeds import KINDS, FeedItem, Refusal, feed_for, kind_of
from pipeline.items import read_item

LIMIT = 2_000


def read(kind: str, data: bytes | str, name: str = "wire.x", limit: int = LIMIT) -> list[FeedItem | Refusal]:
    whole = data.encode() if isinstance(data, str) else data
    return list(feed_for(name, kind, limit).read(io.BytesIO(whole), name))


def items(kind: str, data: bytes | str, name: str = "wire.x") -> list[tuple[str, Any]]:
    """Key and parsed value of a feed in which all is well."""
    found = []
    for item in read(kind, data, name):
        assert isinstance(item, FeedItem)
        assert item.note is None
        assert item.key is not None
        assert item.value is not None
        assert read_item(item.key, item.value).uri == item.key.decode()
        found.append((item.key.decode(), orjson.loads(item.value)))
    return found


def refusals(kind: str, data: bytes | str, limit: int = LIMIT) -> list[tuple[str, str]]:
    found = read(kind, data, limit=limit)
    return [(answer.where, answer.reason) for answer in found if isinstance(answer, Refusal)]


# -- all feeds


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


# -- ninjs


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


# -- plain JSON Lines


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


# -- RSS and Atom


def rss(inner: str, head: str = "") -> str:
    return f'{head}<rss version="2.0"><channel><language>ar</language>{inner}</channel></rss>'


def test_rss_becomes_ninjs() -> None:
    entry = (
        "<item><title> خبر &amp;amp;  &lt;b&gt;عاجل&lt;/b&gt;</title><guid>https://example.org/1</guid>"
        "<link>https://example.org/?p=1</link><description>&lt;p&gt;أ&lt;/p&gt;</description>"
        "<pubDate>Tue, 03 Mar 2026 10:00:00 +0300</pubDate></item>"
    )
    assert items("rss", rss(entry)) == [
        (
            "https://example.org/1",
            {
                "uri": "https://example.org/1",
                "type": "text",
                "versionCreated": "2026-03-03T07:00:00+00:00",
                "language": "ar",
                "headlines": [{"role": "main", "contentType": "text/plain", "value": "خبر & عاجل"}],
                "bodies": [{"role": "main", "contentType": "text/html", "value": "<p>أ</p>"}],
                "altIds": [{"role": "url", "value": "https://example.org/?p=1"}],
            },
        )
    ]


def test_atom_becomes_ninjs() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><entry><id>tag:example.org,2026:1</id>'
        "<title>خبر</title><summary>موجز</summary><published>2026-03-03T07:00:00Z</published>"
        '<updated>2026-03-03T10:00:00Z</updated><content type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>أ</p></div></content></entry></feed>'
    )
    ((uri, item),) = items("rss", atom)
    assert uri == "tag:example.org,2026:1"
    assert item["versionCreated"] == "2026-03-03T10:00:00+00:00"
    assert item["language"] == "ar"
    assert item["bodies"] == [{"role": "main", "contentType": "application/xhtml+xml", "value": "<p>أ</p>"}]


@pytest.mark.parametrize(
    ("entry", "uri"),
    [
        ("<guid>12 at x</guid><link>https://example.org/1</link>", "urn:khabar:rss:wire:12%20at%20x"),
        ("<link>https://example.org/1</link>", "https://example.org/1"),
        ("", "urn:khabar:rss:wire:sha256-c40f6286180c20453f7b2e3fde08f632"),
    ],
)
def test_rss_uris(entry: str, uri: str) -> None:
    data = rss(f"<item><title>خبر</title>{entry}</item>")
    assert [key for key, _ in items("rss", data)] == [uri] == [key for key, _ in items("rss", data)]


_ELEMENT = st.tuples(
    st.sampled_from(["title", "guid", "link", "pubDate", "dc:date", "description", "author", "a:b", "category"]),
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]))
    | st.sampled_from(
        ["0000-00-00", "<p>x<b>", "&#8;", "http://[", "//x", "1999-13-01T99:99:99Z", "Tue, 31 Feb 0000"]
    ),
).map(lambda element: f"<{element[0]}>{escape(element[1])}</{element[0]}>")


@given(st.lists(st.lists(_ELEMENT).map("".join), min_size=1))
def test_each_entry_gets_one_answer(entries: list[str]) -> None:
    data = rss("".join(f"<item>{entry}</item>" for entry in entries))
    assert len(read("rss", data.replace("<rss ", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" '))) == len(
        entries
    )


def test_rss_in_another_encoding() -> None:
    data = rss("<item><title>خبر</title></item>", '<?xml version="1.0" encoding="windows-1256"?>').encode("cp1256")
    assert items("rss", data)[0][1]["headlines"][0]["value"] == "خبر"


_BOMB = '<!DOCTYPE rss [<!ENTITY a "خبر"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("خبر", "no well-formed XML"),
        ('{"uri": "urn:1"}', "no well-formed XML"),
        (rss("<item><title>خبر</item>"), "no well-formed XML: mismatched tag at line 1"),
        (rss("<item><title>خبر\x08</title></item>"), "no well-formed XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><rss/>', "no well-formed XML"),
        ("<html><body/></html>", "no RSS or Atom feed"),
        (rss(""), "empty feed"),
        (rss("<item><title>&b;</title></item>", _BOMB), "declares an entity ('a')"),
        (rss("", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'), "declares an entity ('x')"),
        (rss("", '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://example.org/x">%x;]>'), "declares an entity ('x')"),
        (rss("", '<!DOCTYPE rss SYSTEM "http://example.org/x.dtd">'), "refers to an external file"),
    ],
)
def test_what_is_no_feed_is_refused(data: str | bytes, reason: str) -> None:
    ((where, found),) = refusals("rss", data)
    assert where == "wire.x"
    assert reason in found


def test_an_rss_item_over_the_limit_is_refused_alone() -> None:
    data = rss(
        f"<item><title>أ</title></item><item><title>{'ب' * 2000}</title></item><item><title>ج</title></item>"
    )
    first, refused, last = read("rss", data)
    assert isinstance(first, FeedItem)
    assert isinstance(last, FeedItem)
    assert isinstance(refused, Refusal)
    assert refused.where == "wire.x#2"


# -- records


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
