"""RSS and Atom, read by feedparser; the XML is checked before by defusedxml."""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml.sax
import feedparser
import orjson
from defusedxml import EntitiesForbidden, ExternalReferenceForbidden

from pipeline.arabic.markup import text_of
from pipeline.errors import FeedError
from pipeline.feeds.feed import FILE_LIMIT_BYTES, Feed, FeedItem, Refusal

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", re.ASCII)
_SPACE = re.compile(r"[ \t\r\n]+")


class RssFeed(Feed):
    """Every version of RSS and Atom that feedparser knows.

    The uri is the guid or id, else the link, else a hash of the content; a guid that is no URI becomes
    `urn:khabar:rss:<name of the file up to its first dot>:<guid>`. The later of updated and published is
    `versionCreated`. Titles become plain text here, bodies keep their markup: it is turned to text once, at
    the first stage. XML that declares entities or refers to external ones is refused, and so is what is no
    well-formed XML: guessing at it would let both back in.
    """

    kind = "rss"

    def items(self, file: io.BufferedReader, name: str) -> Iterator[FeedItem | Refusal]:
        whole = file.read(FILE_LIMIT_BYTES + 1)
        if not whole.strip():
            return
        try:
            parsed = _parsed(whole)
        except FeedError as error:
            yield Refusal(name, str(error))
            return
        language = parsed.feed.get("language")
        for number, entry in enumerate(parsed.entries, 1):
            item = self._item(entry, language, name)
            yield self.item(f"{name}#{number}", item["uri"], orjson.dumps(item))

    def _item(self, entry: Any, language: str | None, name: str) -> dict[str, Any]:
        title, body = _title(entry), _body(entry)
        found: str | None = entry.get("id") or entry.get("link")
        if not found:
            told = f"{title}\n{body['value'] if body else ''}"
            found = f"sha256-{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:32]}"
        item = {
            "uri": found if _URI.fullmatch(found) else self.uri(name, found),
            "type": "text",
            "versionCreated": _time(entry),
            "language": (body or {}).get("language") or language,
            "headlines": [{"role": "main", "contentType": "text/plain", "value": title}] if title else None,
            "bodies": [{"role": "main", "contentType": body["type"], "value": body["value"]}] if body else None,
            "by": entry.get("author"),
            "altIds": [{"role": "url", "value": entry["link"]}] if entry.get("link", found) != found else None,
        }
        return {field: value for field, value in item.items() if value}


def _parsed(whole: bytes) -> Any:
    if len(whole) > FILE_LIMIT_BYTES:
        raise FeedError(f"larger than {FILE_LIMIT_BYTES:,} bytes")
    try:
        defusedxml.sax.parseString(whole, ContentHandler(), forbid_entities=True, forbid_external=True)
    except EntitiesForbidden as error:
        raise FeedError(f"refused: the XML declares an entity ({error.name!r}); no feed needs one") from None
    except ExternalReferenceForbidden as error:
        raise FeedError(f"refused: the XML refers to an external file ({error.sysid!r})") from None
    except SAXParseException as error:
        place = f"line {error.getLineNumber()}, column {error.getColumnNumber()}"
        raise FeedError(f"no well-formed XML: {error.getMessage()} at {place}") from None
    except (UnicodeError, LookupError, ValueError) as error:
        raise FeedError(f"no well-formed XML: {error}") from None
    # From a file object: a string might be taken for an address, and fetched.
    parsed = feedparser.parse(io.BytesIO(whole), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version"):
        raise FeedError("XML, but no RSS or Atom feed")
    if not parsed.entries:
        raise FeedError("empty feed: there is no item in it")
    return parsed


def _title(entry: Any) -> str:
    title = entry.get("title") or ""
    if entry.get("title_detail", {}).get("type") in ("text/html", "application/xhtml+xml"):
        title = text_of(title)
    return _SPACE.sub(" ", title).strip()


def _body(entry: Any) -> Any:
    """The full content where there is one, else the summary."""
    parts = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    return next((part for part in parts if (part.get("value") or "").strip() and part.get("type")), None)


def _time(entry: Any) -> str | None:
    # Not by the entry's own `get`, which takes the one for the other, and warns.
    found = (dict.get(entry, "updated_parsed"), dict.get(entry, "published_parsed"))
    times: list[time.struct_time] = [moment for moment in found if moment]
    try:
        return datetime(*max(times)[:6], tzinfo=UTC).isoformat() if times else None
    except ValueError:  # feedparser lets a 60th second and a year 0 pass
        return None
