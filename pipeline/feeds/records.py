"""Records as they stand on the topic, sent unchanged: for replays and for input that no format can express."""

from __future__ import annotations

import base64
import binascii
import io
import zlib
from collections.abc import Iterator
from typing import Any

import orjson

from pipeline.errors import FeedError
from pipeline.feeds.feed import Feed, FeedItem, Refusal, lines
from pipeline.topics import MAX_RECORD_BYTES


class RecordsFeed(Feed):
    """One record a line: `{"key": string or null, "value": string or null}`.

    For bytes that are no UTF-8 there are `key_base64` and `value_base64`, for large ones `value_gzip`
    (base64 of gzip). Nothing is checked but the form of the line: the limit is the topic's, not an article's.
    """

    kind = "records"

    def items(self, file: io.BufferedReader, name: str) -> Iterator[FeedItem | Refusal]:
        for number, line in lines(file, 2 * MAX_RECORD_BYTES):
            try:
                yield _record(line)
            except FeedError as error:
                yield Refusal(f"{name}#{number}", str(error))


def _record(line: bytes | None) -> FeedItem:
    if line is None:
        raise FeedError(f"over the limit of {2 * MAX_RECORD_BYTES:,} bytes")
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise FeedError(f"broken JSON: {error}") from None
    if not isinstance(raw, dict):
        raise FeedError("not a JSON object")
    value = _unpacked(raw) if "value_gzip" in raw else _bytes(raw, "value")
    if value is not None and len(value) > MAX_RECORD_BYTES:
        raise FeedError(f"over the limit of a topic: {len(value):,} bytes, {MAX_RECORD_BYTES:,} are allowed")
    return FeedItem(_bytes(raw, "key"), value)


def _bytes(raw: dict[str, Any], field: str) -> bytes | None:
    if f"{field}_base64" in raw:
        return _decoded(raw, f"{field}_base64")
    if field not in raw:
        raise FeedError(f"no {field}")
    value = raw[field]
    if value is None:
        return None
    if not isinstance(value, str):
        raise FeedError(f"{field} is neither a string nor null")
    return value.encode()


def _decoded(raw: dict[str, Any], field: str) -> bytes:
    try:
        return base64.b64decode(raw[field], validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise FeedError(f"{field} is no base64: {error}") from None


def _unpacked(raw: dict[str, Any]) -> bytes:
    packed = zlib.decompressobj(wbits=31)
    try:
        value = packed.decompress(_decoded(raw, "value_gzip"), MAX_RECORD_BYTES + 1)
    except zlib.error as error:
        raise FeedError(f"value_gzip is no gzip: {error}") from None
    if not packed.eof and len(value) <= MAX_RECORD_BYTES:
        raise FeedError("value_gzip is no gzip: it ends too early")
    return value
