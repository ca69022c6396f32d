"""Plain JSON Lines, as most archives and crawlers write them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from pipeline.errors import FeedError
from pipeline.feeds.feed import Feed, FeedItem, Refusal, lines

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", re.ASCII)


class JsonlFeed(Feed):
    """One article a line, `{"id", "title", "text", "date", "version", "source", "url", "language"}`.

    `uri` may stand for `id`, `headline` for `title`, `content` or `body` for `text`, `published` or
    `versionCreated` for `date`. Required are an id (or a url) and a title or a text. An id that is no URI
    becomes `urn:khabar:jsonl:<name of the file up to its first dot>:<id>`. A date is ISO 8601; one without a
    time zone is UTC. Text is plain, and kept code point for code point.
    """

    kind = "jsonl"

    def items(self, file: io.BufferedReader, name: str) -> Iterator[FeedItem | Refusal]:
        for number, line in lines(file, self.limit):
            where = f"{name}#{number}"
            if line is None:
                yield self.too_long(where)
                continue
            try:
                item = self._item(line, name)
            except FeedError as error:
                yield self.unread(where, line, str(error))
            else:
                yield self.item(where, item["uri"], orjson.dumps(item))

    def _item(self, line: bytes, name: str) -> dict[str, Any]:
        try:
            raw = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise FeedError(f"broken JSON: {error}") from None
        if not isinstance(raw, dict):
            raise FeedError("not a JSON object")
        title, text = _string(raw, "title", "headline"), _string(raw, "text", "content", "body")
        if not title and not text:
            raise FeedError("neither a title nor a text")
        date, source = _string(raw, "date", "published", "versionCreated"), _string(raw, "source")
        url, language, version = _string(raw, "url"), _string(raw, "language"), raw.get("version")
        if version is not None and (not isinstance(version, int | str) or isinstance(version, bool)):
            raise FeedError("version is neither a whole number nor a string")
        item = {
            "uri": self._uri(raw, name),
            "type": "text",
            "version": None if version is None else str(version),
            "versionCreated": _time(date) if date else None,
            "language": language,
            "headlines": [{"role": "main", "contentType": "text/plain", "value": title}] if title else None,
            "bodies": [{"role": "main", "contentType": "text/plain", "value": text}] if text else None,
            "infoSources": [{"name": source}] if source else None,
            "altIds": [{"role": "url", "value": url}] if url else None,
        }
        return {field: value for field, value in item.items() if value is not None}

    def _uri(self, raw: dict[str, Any], name: str) -> str:
        found = next((raw[field] for field in ("id", "uri", "url") if raw.get(field) not in (None, "")), None)
        if found is None:
            raise FeedError("no id, uri or url")
        if not isinstance(found, str | int) or isinstance(found, bool):
            raise FeedError("id is neither a string nor a whole number")
        identifier = str(found)
        return identifier if _URI.fullmatch(identifier) else self.uri(name, identifier)


def _string(raw: dict[str, Any], *fields: str) -> str | None:
    """The first of these fields that is there; None for an empty one."""
    for field in fields:
        value = raw.get(field)
        if value is not None and not isinstance(value, str):
            raise FeedError(f"{field} is not a string")
        if value:
            return value
    return None


def _time(date: str) -> str:
    try:
        moment = datetime.fromisoformat(date.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    except ValueError:
        raise FeedError(f"the date {date!r:.60} is not ISO 8601") from None
