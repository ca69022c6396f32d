"""ninjs (IPTC): one item, a JSON array of items, or one item a line; 1.x and 2.x are turned into 3.x."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec
import orjson

from pipeline.feeds.feed import FILE_LIMIT_BYTES, Feed, FeedItem, Refusal, lines
from pipeline.feeds.ninjs_versions import as_ninjs3


class NinjsFeed(Feed):
    """Items that are ninjs 3 already are passed on byte for byte."""

    kind = "ninjs"

    def items(self, file: io.BufferedReader, name: str) -> Iterator[FeedItem | Refusal]:
        if file.peek(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
            return self._array(file, name)
        return self._lines(file, name)

    def _array(self, file: io.BufferedReader, name: str) -> Iterator[FeedItem | Refusal]:
        whole = file.read(FILE_LIMIT_BYTES + 1).removeprefix(b"\xef\xbb\xbf")
        if len(whole) > FILE_LIMIT_BYTES:
            yield Refusal(name, f"an array of more than {FILE_LIMIT_BYTES:,} bytes; write one item a line")
            return
        try:
            # orjson cannot hand out the bytes of each element, and those must not change.
            elements = msgspec.json.decode(whole, type=list[msgspec.Raw])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            yield self.unread(f"{name}#1", whole, f"broken JSON: {error}")
            return
        for number, element in enumerate(elements, 1):
            yield self._read(f"{name}#{number}", bytes(element))

    def _lines(self, file: io.BufferedReader, name: str) -> Iterator[FeedItem | Refusal]:
        numbered = lines(file, self.limit)
        first = next(numbered, None)
        if first is None:
            return
        number, line = first
        if line is not None and not isinstance(_loaded(line), dict):
            # Not an item: the first line of one that is spread over many, or a broken one among good ones.
            whole = b"\n" * (number - 1) + line + b"\n" + file.read(self.limit)
            if isinstance(_loaded(whole), dict):
                yield self._read(f"{name}#1", whole.strip())
                return
            if not any(isinstance(_loaded(rest), dict) for rest in whole.splitlines()):
                if file.peek(1):
                    yield Refusal(name, f"over the limit: no ninjs item within {self.limit:,} bytes")
                else:
                    yield self.unread(f"{name}#1", whole.strip(), "no ninjs item and no lines of them")
                return
            numbered = lines(_Joined(whole, file), self.limit)
        else:
            numbered = chain([first], numbered)
        for number, line in numbered:
            where = f"{name}#{number}"
            yield self.too_long(where) if line is None else self._read(where, line)

    def _read(self, where: str, value: bytes) -> FeedItem | Refusal:
        try:
            raw = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            return self.unread(where, value, f"broken JSON: {error}")
        if not isinstance(raw, dict):
            return self.unread(where, value, "not a JSON object")
        uri = raw.get("uri")
        if not isinstance(uri, str) or not uri:
            return self.unread(where, value, "no uri")
        try:
            converted = as_ninjs3(raw)
            return self.item(where, uri, value if converted is None else orjson.dumps(converted))
        except TypeError as error:  # orjson writes less depth than it reads
            return self.unread(where, value, f"cannot be turned into ninjs 3: {error}")


def _loaded(value: bytes) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


class _Joined(io.BytesIO):
    """What has been read of a file, and after it the rest of the file."""

    def __init__(self, start: bytes, file: io.BufferedReader) -> None:
        super().__init__(start)
        self._file = file

    def readline(self, size: int | None = -1, /) -> bytes:
        limit = -1 if size is None else size
        line = super().readline(limit)
        if line.endswith(b"\n") or len(line) == limit:
            return line
        return line + self._file.readline(limit - len(line) if limit >= 0 else -1)
