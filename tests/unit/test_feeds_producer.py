"""Publishing: all is acknowledged, in order, or an error names what was not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pipeline.errors import FeedError
from pipeline.feeds import FeedItem, Refusal
from pipeline.feeds.producer import NOTE_HEADER, publish


class Broker:
    """Acknowledges what it is sent a little later; refuses values that say so."""

    def __init__(self) -> None:
        self.log: list[tuple[str, bytes | None, bytes | None, Any]] = []
        self.flying: list[bytes | None] = []
        self.most = 0
        self.twice = False

    async def send(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, *, headers: Any = None
    ) -> asyncio.Future[None]:
        if value == b"too large":
            raise ValueError("MessageSizeTooLarge")
        self.log.append((topic, key, value, headers))
        self.twice = self.twice or key in self.flying
        self.flying.append(key)
        self.most = max(self.most, len(self.flying))
        return asyncio.ensure_future(self._acknowledge(key, value))

    async def _acknowledge(self, key: bytes | None, value: bytes | None) -> None:
        await asyncio.sleep(0)
        self.flying.remove(key)
        if value == b"lost":
            raise ConnectionError("broker away")


def some(count: int) -> list[FeedItem | Refusal]:
    return [FeedItem(b"urn:%d" % number, b"%d" % number) for number in range(count)]


async def test_all_is_sent_in_order_within_the_window() -> None:
    broker = Broker()
    published = await publish(broker, "news.raw", some(25), window=10)
    assert (published.sent, published.passed_on, published.refused) == (25, [], [])
    assert broker.log == [("news.raw", b"urn:%d" % number, b"%d" % number, []) for number in range(25)]
    assert broker.most <= 10
    assert broker.flying == []


async def test_a_key_is_never_in_flight_twice() -> None:
    broker = Broker()
    items = [
        FeedItem(b"urn:1", b"1"),
        FeedItem(b"urn:2", b"1"),
        FeedItem(b"urn:1", b"2"),
        FeedItem(b"urn:1", None),
    ]
    assert (await publish(broker, "t", items)).sent == 4
    assert not broker.twice


async def test_what_was_passed_on_and_refused_is_told() -> None:
    broker = Broker()
    broken, refusal = FeedItem(b"ninjs:x#1", b"{", "broken JSON"), Refusal("x#2", "over the limit")
    published = await publish(broker, "t", [broken, refusal, FeedItem(None, None)])
    assert (published.sent, published.passed_on, published.refused) == (2, [broken], [refusal])
    assert [headers for *_, headers in broker.log] == [[(NOTE_HEADER, b"broken JSON")], []]


@pytest.mark.parametrize(
    ("value", "cause"), [(b"lost", "not acknowledged: .*broker away"), (b"too large", "not sent")]
)
async def test_what_is_not_acknowledged_is_named(value: bytes, cause: str) -> None:
    with pytest.raises(FeedError, match=f"^urn:bad was {cause}"):
        await publish(Broker(), "t", [*some(3), FeedItem(b"urn:bad", value), *some(3)])


async def test_nothing_is_nothing() -> None:
    assert (await publish(Broker(), "t", [])).sent == 0
