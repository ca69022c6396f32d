"""Batches of events, taken from a Faust stream without `take`.

`stream.take` acknowledges in a `finally`, also what failed (streams.py:436 of 0.15.3), so that a crash loses
articles. Here events come one by one, unacknowledged, and stay so until they are delivered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any


class Batches:
    """Collects events into batches of at most `size`, waiting at most `wait` seconds after the first.

    The future of the next event is never cancelled, since Faust would lose the event with it: what is pending
    when a batch closes is the first of the next one.
    """

    def __init__(self, events: AsyncIterator[Any], size: int, wait: float) -> None:
        self._events = events
        self._size = size
        self._wait = wait
        self._pending: asyncio.Future[Any] | None = None

    async def next(self, fresh: Callable[[Any], bool], stopping: asyncio.Event) -> list[Any]:
        """The next batch of events that are still `fresh`; empty only when `stopping` is set."""
        batch: list[Any] = []
        loop = asyncio.get_running_loop()
        deadline = 0.0
        stop = asyncio.ensure_future(stopping.wait())
        try:
            while len(batch) < self._size and not stopping.is_set():
                self._pending = self._pending or asyncio.ensure_future(anext(self._events))
                await asyncio.wait(
                    {self._pending, stop},
                    timeout=max(0.0, deadline - loop.time()) if batch else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not self._pending.done():
                    break
                event, self._pending = self._pending.result(), None
                if fresh(event):
                    deadline = deadline or loop.time() + self._wait
                    batch.append(event)
        finally:
            stop.cancel()
        return batch

    def close(self) -> None:
        """Give up the event that is awaited; it stays unacknowledged."""
        if self._pending:
            self._pending.cancel()
