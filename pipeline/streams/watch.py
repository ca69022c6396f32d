"""What only a look from outside can tell: that a stage was frozen, Faust gave up, or a rebalance hangs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiokafka.errors import KafkaError

from pipeline.errors import Stop, Unreachable
from pipeline.kafka.admin import require_topics
from pipeline.settings import Settings
from pipeline.stages.stage import Stage

WATCH_SECONDS = 1.0

# The broker counts the session from the last heartbeat, which may be a fifth of it old when a process is frozen.
FROZEN_SHARE = 0.8
# Less than this may be a machine that is busy, whatever the session timeout says.
FROZEN_SECONDS = 6.0

# A rebalance waits for a killed member as long as the session, and for a busy one as long again. What lasts longer
# while the broker answers is Faust that has lost its way (two rebalances in one another); a restart ends it.
STUCK_SESSIONS = 4.0
STUCK_SECONDS = 40.0


class Watch:
    """Looks at a stage's app each second, and calls `look` while all is well."""

    def __init__(self, stage: Stage, settings: Settings, app: Any, look: Callable[[], Awaitable[None]]) -> None:
        self._stage = stage
        self._settings = settings
        self._app = app
        self._look = look
        self._awake = self._settled = time.monotonic()

    async def run(self) -> None:
        """Returns never.

        Raises:
            Stop: the worker must leave.
        """
        self._awake = self._settled = time.monotonic()
        while not self._app.crashed:  # Faust sets an attribute, no event
            await asyncio.sleep(WATCH_SECONDS)
            self.slept()
            self._awake = time.monotonic()
            with suppress(
                KafkaError, TimeoutError, Unreachable
            ):  # a broker that is away: the next look may find it
                await self._stuck()
                await self._look()
        # A record that aiokafka cannot unpack (a header's name that is no UTF-8) ends here too, and comes again.
        topic = self._stage.source.full_name(self._settings)
        raise Stop(
            f"Faust gave up on the {self._stage.name} stage: {self._app.crash_reason!r}. If it comes again, a "
            f"record of {topic} cannot be read: step over it with kafka-consumer-groups --reset-offsets"
        )

    def slept(self) -> None:
        """Ends the worker where its process was frozen for as long as its session.

        Others have its partitions by now; the consumer will be told so, the producer would go on sending.
        """
        gap = time.monotonic() - self._awake
        if gap > max(FROZEN_SECONDS, FROZEN_SHARE * self._settings.kafka_session_timeout_seconds):
            raise Stop(f"this process stood still for {gap:.0f} s, as long as its session: others have its work")

    async def _stuck(self) -> None:
        if not self._app.rebalancing:
            self._settled = time.monotonic()
            return
        seconds = time.monotonic() - self._settled
        if seconds > max(STUCK_SECONDS, STUCK_SESSIONS * self._settings.kafka_session_timeout_seconds):
            await require_topics(self._settings, [self._stage.source])  # no rebalance ends without a broker
            raise Stop(f"the {self._stage.name} stage hangs in a rebalance for {seconds:.0f} s: start again")
