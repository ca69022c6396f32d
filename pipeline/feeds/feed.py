"""What a feed is."""

from __future__ import annotations

import gzip
import io
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, ClassVar, cast
from urllib.parse import quote

from pipeline.items import ARTICLE_LIMIT_BYTES

# For formats that have to be read whole.
FILE_LIMIT_BYTES = 64 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A record for `news.raw`. `note` says why it is passed on as it came, where it could not be read."""

    key: bytes | None
    value: bytes | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What does not reach the topic: where it stood (`file` or `file#line`), and why."""

    where: str
    reason: str


class Feed(ABC):
    """Reads one format.

    The contract, which one suite tests for every feed:

    - `read` takes any bytes, plain or compressed by gzip, and raises nothing but what the file itself
      raises (OSError). What it yields goes to `news.raw` in that order.
    - Every item of the feed is yielded once: as a `FeedItem`, or as a `Refusal`. A feed in which there is
      none is one `Refusal`; a reader that knows nothing of formats can rely on at least one answer.
    - What is broken is passed on as it came, under the key `kind:name#place`, so that the first stage
      dead-letters the original bytes; what is larger than `limit` (bytes of JSON) is refused here.
    - Memory is bounded: by the limit of an item where the format has lines, else by `FILE_LIMIT_BYTES`.
    """

    kind: ClassVar[str]

    def __init__(self, limit: int = ARTICLE_LIMIT_BYTES) -> None:
        self.limit = limit

    def read(self, file: BinaryIO, name: str) -> Iterator[FeedItem | Refusal]:
        """The records of a file (or standard input) that is called `name` in keys and messages."""
        nothing = True
        try:
            for found in self.items(_unpacked(file), name):
                nothing = False
                yield found
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            yield Refusal(name, f"broken gzip: {error}")
        else:
            if nothing:
                yield Refusal(name, "empty feed: there is no item in it")

    @abstractmethod
    def items(self, file: io.BufferedReader, name: str) -> Iterator[FeedItem | Refusal]:
        """As `read`, of a file that is no longer compressed; may yield nothing."""

    def item(self, where: str, key: str, value: bytes, note: str | None = None) -> FeedItem | Refusal:
        """A record, or its refusal where it is over the limit."""
        if len(value) > self.limit:
            return Refusal(where, f"over the limit: {len(value):,} bytes of JSON, {self.limit:,} are allowed")
        return FeedItem(key.encode("utf-8", "replace"), value, note)

    def too_long(self, where: str) -> Refusal:
        """The refusal of a line that has not been read to its end."""
        return Refusal(where, f"over the limit: a line of more than {self.limit:,} bytes")

    def unread(self, where: str, value: bytes, reason: str) -> FeedItem | Refusal:
        """What could not be read, as it came."""
        return self.item(where, f"{self.kind}:{where}", value, reason)

    def uri(self, name: str, identifier: str) -> str:
        """An identifier that is no URI, as one that is unique across feeds of different names."""
        return f"urn:khabar:{self.kind}:{quote(stem(name), safe='')}:{quote(identifier, safe='-._~:@/')}"


def stem(name: str) -> str:
    """The file's name up to its first dot."""
    return PurePath(name).name.partition(".")[0] or "feed"


def lines(file: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are not blank, without their ends, and their numbers from 1; None for one over the limit."""
    number = 0
    while line := file.readline(limit + 2):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        complete = line.endswith(b"\n")
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        if len(line) > limit:
            while not complete and (rest := file.readline(1 << 16)):
                complete = rest.endswith(b"\n")
            yield number, None
        elif line.strip():
            yield number, line


def _unpacked(file: BinaryIO) -> io.BufferedReader:
    buffered: io.BufferedReader = io.BufferedReader(cast(io.RawIOBase, file))
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        buffered = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=buffered)))
    return buffered
