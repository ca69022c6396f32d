"""RSS and Atom."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds import FeedItem, Refusal
from tests.feeding import items, read, refusals


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
