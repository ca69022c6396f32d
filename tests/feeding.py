"""What a feed makes of bytes, for the tests of feeds."""

from __future__ import annotations

import io
from typing import Any

import orjson

from pipeline.feeds import FeedItem, Refusal, feed_for
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
