"""Batches: by size or by time, stale events dropped, and no event lost between two batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from pipeline.streams.batches import Batches


async def source(queue: asyncio.Queue[int]) -> AsyncIterator[int]:
    while True:
        yield await queue.get()


def filled(*values: int) -> asyncio.Queue[int]:
    queue: asyncio.Queue[int] = asyncio.Queue()
    for value in values:
        queue.put_nowait(value)
    return queue


async def test_a_batch_closes_when_it_is_full() -> None:
    batches, going = Batches(source(filled(1, 2, 3, 4, 5)), 2, 10), asyncio.Event()
    assert await batches.next(lambda _: True, going) == [1, 2]
    assert await batches.next(lambda _: True, going) == [3, 4]


async def test_a_batch_closes_after_its_wait_and_the_awaited_event_is_the_next_ones() -> None:
    queue, going = filled(1), asyncio.Event()
    batches = Batches(source(queue), 10, 0.01)
    assert await batches.next(lambda _: True, going) == [1]
    queue.put_nowait(2)
    assert await batches.next(lambda _: True, going) == [2]


async def test_stale_events_are_dropped() -> None:
    batches = Batches(source(filled(1, 2, 3, 4)), 2, 10)
    assert await batches.next(lambda event: event % 2 == 0, asyncio.Event()) == [2, 4]


async def test_stopping_ends_the_wait() -> None:
    stopping = asyncio.Event()
    waiting = asyncio.ensure_future(Batches(source(filled()), 2, 10).next(lambda _: True, stopping))
    await asyncio.sleep(0)
    stopping.set()
    assert await asyncio.wait_for(waiting, 1) == []
