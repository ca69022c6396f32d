"""Bad and odd input, one row each: what `read_item` and, through Kafka, the first stage must make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

LIMIT = 512 * 1024
URI = "urn:khabar:bad"
TEXT = "قال الوزير إن المفاوضات ستستأنف الأسبوع المقبل في العاصمة بعد توقف دام شهرين كاملين."


@dataclass(frozen=True)
class Case:
    """A record of `news.raw`; `message` is a part of the error's message, or None: the record is ordinary."""

    name: str
    key: bytes | None
    value: bytes | None
    message: str | None


def item(**fields: Any) -> dict[str, Any]:
    """A usable item, and `fields` in place of its own; None removes one."""
    usable = {"uri": URI, "version": "1", "headlines": [{"value": "خبر"}], "bodies": [{"value": TEXT}]}
    return {name: value for name, value in {**usable, **fields}.items() if value is not None}


def body(text: str, content_type: str = "text/plain") -> dict[str, Any]:
    return item(bodies=[{"role": "main", "contentType": content_type, "value": text}])


def html(value: str) -> dict[str, Any]:
    return {"contentType": "text/html", "value": value}


def bad(name: str, message: str, **fields: Any) -> Case:
    uri = fields.get("uri", URI)
    return Case(name, str(uri).encode(), orjson.dumps(item(**fields)), message)


def raw(name: str, value: bytes | None, message: str, key: bytes | None = URI.encode()) -> Case:
    return Case(name, key, value, message)


def odd(name: str, fields: dict[str, Any]) -> Case:
    return Case(name, fields["uri"].encode(), orjson.dumps(fields), None)


_USABLE = orjson.dumps(item())
_NESTED = "<div>" * 20_000 + f"<p>{TEXT}</p>" + "</div>" * 20_000

BAD = (
    raw("null value", None, "null value"),
    raw("empty value", b"", "broken JSON"),
    raw("broken JSON", b'{"uri": "urn:khabar:bad", "headlines": [', "broken JSON"),
    raw("no JSON", b"\xd8\xae\xd8\xa8\xd8\xb1", "broken JSON"),
    raw("two values", _USABLE + _USABLE, "broken JSON"),
    raw("NaN", b'{"uri": "urn:khabar:bad", "urgency": NaN}', "broken JSON"),
    raw("infinite number", b'{"uri": "urn:khabar:bad", "urgency": 1e999}', "broken JSON"),
    raw("byte order mark before the JSON", b"\xef\xbb\xbf" + _USABLE, "broken JSON"),
    raw("an array", b"[]", "not a JSON object but an array"),
    raw("a string", b'"x"', "not a JSON object but a string"),
    raw("null in JSON", b"null", "not a JSON object but null"),
    raw("invalid UTF-8", _USABLE.replace("خبر".encode(), b"\xd8\xff"), "invalid UTF-8"),
    raw("truncated UTF-8", "خبر".encode()[:-1], "invalid UTF-8"),
    raw("surrogates as UTF-8", _USABLE.replace("خبر".encode(), b"\xed\xa0\xbd"), "invalid UTF-8"),
    raw("lone high surrogate", _USABLE.replace("خبر".encode(), rb"\ud83d"), "lone surrogate"),
    raw("lone low surrogate", _USABLE.replace("خبر".encode(), rb"\ude00 x"), "lone surrogate"),
    raw("nested too deep", b'{"a":' * 100 + b"1" + b"}" * 100, "nested too deep"),
    raw("nested far too deep", b"[" * 100_000, "broken JSON"),
    bad("no uri", "no uri", uri=None),
    bad("uri a number", "the uri is a number", uri=7),
    bad("uri empty", "the uri is empty", uri=""),
    bad("uri too long", "the uri has", uri="urn:" + "x" * 2045),
    bad("uri with a space", "space or control character (U+0020) at 3", uri="urn x"),
    bad("uri with a line break", "(U+000A)", uri="urn:x\n"),
    bad("uri with NUL", "(U+0000)", uri="urn:\0x"),
    raw("no key", _USABLE, "no key", key=None),
    raw("key that differs from the uri", _USABLE, "differs from the uri", key=b"urn:khabar:other"),
    raw("key that is no UTF-8", _USABLE, "differs from the uri", key=b"\xff\xfe"),
    raw("empty key", _USABLE, "differs from the uri", key=b""),
    raw("over the limit", orjson.dumps(body("ن" * (LIMIT // 2))), "over the limit"),
    bad("version a float", "version is 1.5", version=1.5),
    bad("version true", "version is True", version=True),
    bad("version no digits", "version is 'two'", version="two"),
    bad("version in Arabic digits", "version is", version="٣"),
    bad("version negative", "version is -1", version=-1),
    bad("version of more than 64 bits", "version is", version="9" * 30),
    raw("version of more than 64 bits, a number", b'{"uri":"urn:khabar:bad","version":1e20}', "version is"),
    bad("versionCreated a number", "versionCreated is 20260101", versionCreated=20260101),
    bad("versionCreated without zone", "not a time by RFC 3339", versionCreated="2026-01-01T10:00:00"),
    bad("versionCreated on no day", "versionCreated is", versionCreated="2026-02-30T10:00:00Z"),
    bad("pubStatus unknown", "pubStatus is 'published'", pubStatus="published"),
    bad("pubStatus a list", "pubStatus is ['usable']", pubStatus=["usable"]),
    bad("headlines a string", "Expected `array", headlines="خبر"),
    bad("headline a string", "Expected `object", headlines=["خبر"]),
    bad("headline without value", "missing required field `value`", headlines=[{"role": "main"}]),
    bad("body value a number", "$.bodies[0].value", bodies=[{"value": 7}]),
    bad("contentType a number", "$.bodies[0].contentType", bodies=[{"value": TEXT, "contentType": 7}]),
    bad("role a list", "$.headlines[0].role", headlines=[{"value": "خبر", "role": []}]),
    bad("no text", "no text", headlines=None, bodies=None),
    bad("no text but white space", "no text", headlines=[{"value": " \u00a0\n"}], bodies=[{"value": "\u3000"}]),
    bad("no text but tags", "no text", headlines=[], bodies=[html("<p><br></p>")]),
    bad("no text but a picture", "no text", headlines=[], bodies=[{"value": "iVBO", "contentType": "image/png"}]),
    bad("NUL in the body", "control character U+0000 at 3 of the body", bodies=[{"value": "خبر\0"}]),
    bad("backspace in the headline", "U+0008 at 0 of the headline", headlines=[{"value": "\bخ"}]),
    bad("escape in HTML", "control character U+001B", bodies=[html("<p>\x1b[1m</p>")]),
    bad("C1 control", "control character U+0092", bodies=[{"value": "نص\u0092"}]),
    bad("DEL", "control character U+007F", bodies=[{"value": "نص\u007f"}]),
    bad("noncharacter", "control character U+FFFE", bodies=[{"value": "نص\ufffe"}]),
    bad("noncharacter of another plane", "control character U+1FFFF", bodies=[{"value": "نص\U0001ffff"}]),
    bad("canceled with a wrong version", "version is", pubStatus="canceled", version="x"),
)

ODD = (
    odd("plain", item()),
    odd("ninjs 2 spellings", item(pubstatus="usable", versioncreated="2026-01-01T10:00:00Z")),
    odd("canceled without text", item(pubStatus="canceled", headlines=None, bodies=None)),
    odd("withheld", item(pubStatus="withheld")),
    odd("nulls where nothing is", {"uri": URI, "version": None, "headlines": None, "bodies": [{"value": TEXT}]}),
    odd("headline alone", item(bodies=None)),
    odd("body alone", item(headlines=None)),
    odd("unknown fields", item(x_desk={"a": [1, {"b": None}]})),
    odd("bidi marks", body("\u200f" + TEXT.replace(" ", " \u202bNATO\u202c ", 1) + "\u2067x\u2069\u061c")),
    odd("ZWNJ and ZWJ", body("می\u200cخواهم " + TEXT + " ه\u200d")),
    odd("emoji", body(TEXT + " 👩‍👩‍👧‍👦🇮🇶✅")),
    odd("BOM, private use, replacement", body("\ufeff" + TEXT + " \ue000 \ufffd")),
    odd("presentation forms, tatweel, diacritics", body("ﻗﺎﻝ ﷲ ﷺ قـــال قَالَ " + TEXT)),
    odd("line ends of all kinds", body(f"{TEXT}\r\n{TEXT}\n\r{TEXT}\t\u0085\u2028\u2029")),
    odd("surrogate pair as escapes", item(headlines=[{"value": "خبر 😀"}])),
    odd("no letters", body("123 456")),
    odd("nested HTML", body(_NESTED, "text/html")),
    odd("broken HTML", body(f"<p>{TEXT}<b><i>نص</b></i><div </p <table><tr><td>a<br", "text/html")),
    odd(
        "HTML with entities", body(f"<p>&laquo;{TEXT}&raquo; &#0;&#8;&#x92;&#xD800;&#1114112; &nope;", "text/html")
    ),
    odd("HTML that is plain text", body("a < b <strong>", "text/plain")),
    odd("an article of 500 KB", body((TEXT + "\n") * 3200)),
    odd("at the limit", body("ن" * ((LIMIT - len(orjson.dumps(body("")))) // 2))),
    odd("uri in Arabic", item(uri="https://example.org/أخبار/١")),
    odd("uri of 2,048 characters", item(uri="urn:" + "x" * 2044)),
    odd("version at the edge", item(version=str(2**63 - 1))),
    odd("version 0", item(version=0)),
    odd("time of many digits", item(versionCreated="2026-01-01t10:00:00.123456789+03:00")),
)

CASES = BAD + ODD
