"""The raw record of `news.raw`: a ninjs 3.x item (IPTC) under its uri, and the one text that is made of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import msgspec
import orjson

from pipeline.arabic.markup import text_of
from pipeline.errors import Reject
from pipeline.records import Version

PubStatus = Literal["usable", "withheld", "canceled"]

ARTICLE_LIMIT_BYTES = 512 * 1024
URI_LIMIT = 2048
# No ninjs item comes near. orjson reads 1,024 levels but writes 254, so that a deeper item could not go on.
DEPTH_LIMIT = 64

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
# Control characters but tab, line feed, carriage return and NEL (U+0085), and Unicode's noncharacters.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
# Roles under which ninjs items carry something else than the article itself.
_ASIDE = frozenset(
    "abstract caption description extract kicker lead preamble seo short subheadline summary teaser".split()
)


class UnusableItem(Reject):
    """An item that can never be processed.

    `uri` and `version` are what could still be read under the right key, else None: with them an older
    version that was enriched can be withdrawn. Under a key that is not its uri an item stands in no order
    with the others of that uri, so that it must not withdraw any.
    """

    def __init__(self, message: str, uri: str | None = None, version: Version | None = None) -> None:
        super().__init__(message)
        self.uri = uri
        self.version = version


@dataclass(frozen=True, slots=True)
class Item:
    """A readable item: `text` is headline, blank line, body (empty where there is none); `raw` the JSON as given.

    `version.created` is in UTC, in a form whose order as strings is the order in time.
    """

    uri: str
    version: Version
    pubstatus: PubStatus
    text: str
    raw: dict[str, Any]


class _Part(msgspec.Struct):
    """A headline or a body."""

    value: str
    role: str | None = None
    contentType: str | None = None  # noqa: N815 - ninjs 3
    contenttype: str | None = None  # ninjs 2

    @property
    def media_type(self) -> str:
        return (self.contentType or self.contenttype or "text/plain").partition(";")[0].strip().lower()

    @property
    def is_markup(self) -> bool:
        return self.media_type.endswith(("/html", "/xml", "+xml"))

    @property
    def is_text(self) -> bool:
        return self.is_markup or self.media_type.startswith("text/")

    @property
    def rank(self) -> tuple[int, bool]:
        role = (self.role or "").strip().lower()
        return 0 if role == "main" else 1 if not role else 3 if role in _ASIDE else 2, self.is_markup


class _Parts(msgspec.Struct):
    headlines: list[_Part] | None = None
    bodies: list[_Part] | None = None


def read_item(key: bytes | None, value: bytes | None, limit: int = ARTICLE_LIMIT_BYTES) -> Item:
    """Read one record of `news.raw`; `limit` is in bytes of JSON.

    ninjs 2's lower-case spellings of `pubStatus`, `versionCreated` and `contentType` are read too.

    Raises:
        UnusableItem: it is no item, or one that cannot be processed; the message says why, and where.
    """
    raw = _parsed(value)
    uri = _uri(key, raw)
    version: Version | None = None
    try:
        version = _version(raw)
        if value is not None and len(value) > limit:
            raise Reject(f"over the limit: {len(value):,} bytes of JSON, {limit:,} are allowed")
        pubstatus = _pubstatus(raw)
        text = _text(raw, required=pubstatus == "usable")
    except Reject as error:
        raise UnusableItem(str(error), uri, version) from None
    return Item(uri, version, pubstatus, text, raw)


def _parsed(value: bytes | None) -> dict[str, Any]:
    if value is None:
        raise UnusableItem("null value: a raw record holds a ninjs item (to kill one, send pubStatus canceled)")
    try:
        value.decode()
    except UnicodeDecodeError as error:
        raise UnusableItem(f"invalid UTF-8: {error.reason} at byte {error.start}") from None
    try:
        raw = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        fault = "a lone surrogate" if "surrogate" in error.msg else "broken JSON"
        raise UnusableItem(f"{fault}: {error}") from None
    if not isinstance(raw, dict):
        raise UnusableItem(f"not a JSON object but {_kind(raw)}")
    if _deeper_than(DEPTH_LIMIT, raw):
        raise UnusableItem(f"nested too deep: more than {DEPTH_LIMIT} levels")
    return raw


def _deeper_than(limit: int, value: Any) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _uri(key: bytes | None, raw: dict[str, Any]) -> str:
    uri = raw.get("uri")
    if uri is None:
        raise UnusableItem("no uri")
    if not isinstance(uri, str) or not uri:
        raise UnusableItem(f"the uri is {_kind(uri) if uri != '' else 'empty'}, not a non-empty string")
    if len(uri) > URI_LIMIT:
        raise UnusableItem(f"the uri has {len(uri):,} characters, {URI_LIMIT:,} are allowed")
    for place, sign in enumerate(uri):
        if sign.isspace() or unicodedata.category(sign) == "Cc":
            raise UnusableItem(f"the uri has a space or control character (U+{ord(sign):04X}) at {place}")
    if key is None:
        raise UnusableItem(f"no key: it must be the uri ({uri!r})")
    if key != uri.encode():
        raise UnusableItem(f"the key {key[:200]!r} differs from the uri {uri!r}")
    return uri


def _version(raw: dict[str, Any]) -> Version:
    number = raw.get("version")
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) <= 19:
        number = int(number)
    if number is not None and (
        not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 1 << 63
    ):
        raise Reject(f"wrong type: version is {number!r:.80}, not a whole number of 63 bits or its digits")
    created = _either(raw, "versionCreated")
    if created is not None and not (isinstance(created, str) and _RFC3339.fullmatch(created)):
        raise Reject(f"wrong type: versionCreated is {created!r:.80}, not a time by RFC 3339")
    return Version(number=number, created=None if created is None else _utc(created))


def _utc(created: str) -> str:
    try:
        return datetime.fromisoformat(created.upper()).astimezone(UTC).isoformat()
    except (ValueError, OverflowError) as error:
        raise Reject(f"wrong type: versionCreated is {created!r:.80}: {error}") from None


def _pubstatus(raw: dict[str, Any]) -> PubStatus:
    status = _either(raw, "pubStatus")
    if status is None:
        return "usable"
    if status not in get_args(PubStatus):
        raise Reject(f"wrong type: pubStatus is {status!r:.80}, not one of {', '.join(get_args(PubStatus))}")
    return status  # type: ignore[no-any-return]


def _text(raw: dict[str, Any], *, required: bool) -> str:
    try:
        parts = msgspec.convert(raw, _Parts)
    except msgspec.ValidationError as error:
        raise Reject(f"wrong type: {error}") from None
    text = "\n\n".join(filter(None, (_main(parts.headlines, "headline"), _main(parts.bodies, "body"))))
    if required and not text:
        raise Reject("no text: neither a headline nor a body with anything to read")
    return text


def _main(parts: list[_Part] | None, name: str) -> str | None:
    """The one part that is the article: by role `main`, then none, then others; plain text before markup.

    Plain text is taken verbatim, code point for code point, and needs no conversion whose offsets anyone
    has to understand; that is why it goes before the same in HTML.
    """
    for part in sorted(parts or (), key=lambda part: part.rank):
        if not part.is_text:
            continue
        if control := _CONTROL.search(part.value):
            raise Reject(f"control character U+{ord(control[0]):04X} at {control.start()} of the {name}")
        text = text_of(part.value) if part.is_markup else part.value
        if text.strip():
            return text
    return None


def _either(raw: dict[str, Any], name: str) -> Any:
    found = raw.get(name)
    return raw.get(name.lower()) if found is None else found


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
