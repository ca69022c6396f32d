"""Putting files on the raw topic, and telling the person what was refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from aiokafka import AIOKafkaProducer

from pipeline.errors import FeedError
from pipeline.feeds import FeedItem, Refusal, feed_for
from pipeline.feeds.producer import Published, publish
from pipeline.kafka.admin import require_topics
from pipeline.kafka.producer import producer
from pipeline.settings import Settings
from pipeline.topics import RAW


async def feed_files(settings: Settings, kind: str, files: Sequence[Path]) -> int:
    """Feed each file; returns how many items were refused.

    Raises:
        FeedError: a file cannot be read.
        Stop: no broker, or no raw topic.
    """
    for path in files:
        if path != Path("-") and not path.is_file():
            raise FeedError(f"{path} is no file")
    await require_topics(settings, [RAW])
    refused = 0
    async with producer(settings) as sender:
        for path in files:
            done = await feed_file(settings, sender, kind, path)
            refused += len(done.refused)
            report(path, done)
    return refused


async def feed_file(settings: Settings, sender: AIOKafkaProducer, kind: str, path: Path) -> Published:
    """Feed one file; - is standard input."""
    return await publish(sender, RAW.full_name(settings), items(settings, kind, path))


def items(settings: Settings, kind: str, path: Path) -> Iterator[FeedItem | Refusal]:
    """What the feed of this kind makes of the file."""
    feed = feed_for(path, kind, settings.article_limit_bytes)
    if path == Path("-"):
        yield from feed.read(sys.stdin.buffer, "stdin")
        return
    with path.open("rb") as stream:
        yield from feed.read(stream, path.name)


def report(path: Path, done: Published) -> None:
    """One line a file on stdout, one a refusal on stderr."""
    unread = f", {len(done.passed_on)} of them unreadable: they will be dead letters" if done.passed_on else ""
    print(f"{path}: {done.sent} items fed{unread}")
    for item in done.passed_on:
        key = (item.key or b"").decode(errors="replace")
        print(f"khabar: {key} passed on as it is: {item.note}", file=sys.stderr)
    for refusal in done.refused:
        print(f"khabar: {refusal.where} refused: {refusal.reason}", file=sys.stderr)
