"""Sends what feeds yield to the topic."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipeline.errors import FeedError
from pipeline.feeds.feed import FeedItem, Refusal

WINDOW = 500

# Why a feed could not read what it passes on; it stays with the record up to its dead letter.
NOTE_HEADER = "khabar-feed-note"


class Producer(Protocol):
    """What is used of a started AIOKafkaProducer with `acks="all"`."""

    async def send(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        *,
        headers: list[tuple[str, bytes]] | None = None,
    ) -> Awaitable[Any]:
        """Queue one record; what is awaited next is the broker's acknowledgement."""


@dataclass(slots=True)
class Published:
    """What became of a feed: records `sent`, of which `passed_on` could not be read, and what was refused."""

    sent: int = 0
    passed_on: list[FeedItem] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


async def publish(
    producer: Producer, topic: str, items: Iterable[FeedItem | Refusal], window: int = WINDOW
) -> Published:
    """Send all items in order and wait until the broker has them.

    At most `window` are in flight, and no key twice, so that a retried send cannot overtake a newer version.

    Raises:
        FeedError: one was not acknowledged. The message names it; what stood before it has been sent.
    """
    published = Published()
    flying: list[tuple[FeedItem, Awaitable[Any]]] = []
    keys: set[bytes | None] = set()
    for item in items:
        if isinstance(item, Refusal):
            published.refused.append(item)
            continue
        if len(flying) == window or item.key in keys:
            await _land(flying, keys)
        flying.append((item, await _sent(producer, topic, item)))
        keys.add(item.key)
        published.sent += 1
        if item.note is not None:
            published.passed_on.append(item)
    await _land(flying, keys)
    return published


async def _sent(producer: Producer, topic: str, item: FeedItem) -> Awaitable[Any]:
    try:
        return await producer.send(topic, value=item.value, key=item.key, headers=_headers(item))
    except Exception as error:
        raise FeedError(f"{_name(item)} was not sent: {error!r}") from error


async def _land(flying: list[tuple[FeedItem, Awaitable[Any]]], keys: set[bytes | None]) -> None:
    answers = await asyncio.gather(*(answer for _, answer in flying), return_exceptions=True)
    for (item, _), answer in zip(flying, answers, strict=True):
        if isinstance(answer, BaseException):
            raise FeedError(f"{_name(item)} was not acknowledged: {answer!r}") from answer
    flying.clear()
    keys.clear()


def _headers(item: FeedItem) -> list[tuple[str, bytes]]:
    return [] if item.note is None else [(NOTE_HEADER, item.note.encode("utf-8", "replace"))]


def _name(item: FeedItem) -> str:
    return "an item without key" if item.key is None else item.key.decode("utf-8", "replace")
