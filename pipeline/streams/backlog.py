"""What waits before a stage: how much, how old, and whether the broker deletes it before it is read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import structlog

from pipeline import metrics
from pipeline.settings import Settings
from pipeline.stages.stage import Stage

log = structlog.get_logger()

# Half of the retention leaves as long again to mend what is slow.
ALARM_SHARE = 0.5
ALARM_PAUSE_SECONDS = 60.0


class Backlog:
    """Watches the partitions of one stage through the eyes of its Faust app."""

    def __init__(self, stage: Stage, settings: Settings, app: Any) -> None:
        self._stage = stage
        self._app = app
        self._topic = stage.source.full_name(settings)
        self._retention = int(stage.source.configuration(settings)["retention.ms"]) / 1000
        self._oldest: float | None = None
        self._next: dict[int, int] = {}
        self._generation: int | None = None
        self._alarmed: float | None = None
        self._labelled: set[int] = set()

    async def taken(self, events: Sequence[Any]) -> None:
        """A batch is under way: its head is the oldest of what waits."""
        self._oldest = min(event.message.timestamp for event in events)
        metrics.IN_FLIGHT.labels(self._stage.name).set(len(events))
        if self._generation != self._app.consumer_generation_id:
            self._generation = self._app.consumer_generation_id
            metrics.REBALANCES.labels(self._stage.name).inc()
            self._next = {
                tp.partition: offset
                for tp in self._app.consumer.assignment()
                if (offset := self._app.consumer._committed_offset.get(tp)) is not None
            }
        for event in events:
            await self._gap(event.message)
        self.look()

    def done(self) -> None:
        """The batch is committed, or given up because others have its partitions."""
        self._oldest = None
        metrics.IN_FLIGHT.labels(self._stage.name).set(0)

    def look(self) -> None:
        """Set the gauges; called each second, also while a batch takes its time."""
        waiting = dict(self._waiting())
        # Those of partitions that have gone elsewhere must not stand still here.
        for partition in self._labelled - set(waiting):
            metrics.LAG.remove(self._stage.name, self._topic, str(partition))
        self._labelled = set(waiting)
        for partition, records in waiting.items():
            metrics.LAG.labels(self._stage.name, self._topic, str(partition)).set(records)
        used = max(0.0, time.time() - self._oldest) / self._retention if self._oldest else 0.0
        metrics.RETENTION_USED.labels(self._stage.name).set(used)
        if used >= ALARM_SHARE and (self._alarmed or 0.0) < time.monotonic() - ALARM_PAUSE_SECONDS:
            self._alarmed = time.monotonic()
            log.error(
                "retention alarm: what waits will be deleted before it is read; add workers, or keep it longer",
                stage=self._stage.name, topic=self._topic, used=round(used, 2), lag=sum(waiting.values()),
                retention_seconds=self._retention,
            )  # fmt: skip

    def _waiting(self) -> Iterable[tuple[int, int]]:
        consumer = self._app.consumer
        for tp in set(consumer.assignment()):
            end, committed = consumer.highwater(tp), consumer._committed_offset.get(tp)
            if end is not None:
                yield tp.partition, max(0, end - (committed or 0))

    async def _gap(self, message: Any) -> None:
        """Offsets that are skipped may be a transaction's marks; what lies before the log's start is gone."""
        expected = self._next.get(message.partition, message.offset)
        self._next[message.partition] = message.offset + 1
        if message.offset <= expected:
            return
        starts = await self._app.consumer.earliest_offsets(message.tp)
        expired = min(starts.get(message.tp) or 0, message.offset) - expected
        if expired > 0:
            metrics.EXPIRED.labels(self._stage.name).inc(expired)
            log.error(
                "records were deleted by retention before they were read",
                stage=self._stage.name, topic=message.topic, partition=message.partition,
                offset=expected, records=expired,
            )  # fmt: skip
