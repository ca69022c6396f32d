"""What waits before a stage: how much, and whether the broker will delete it before it is read."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
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
    """The gauges of one stage, and its alarm."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        self._stage = stage.name
        self._topic = stage.source.full_name(settings)
        self._retention = int(stage.source.configuration(settings)["retention.ms"]) / 1000
        self._under_way: Sequence[Any] = ()
        self._alarmed: float | None = None
        self._labelled: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether a batch is under way."""
        return bool(self._under_way)

    def taken(self, events: Sequence[Any]) -> None:
        """A batch is under way."""
        self._under_way = events
        metrics.IN_FLIGHT.labels(self._stage).set(len(events))

    def done(self) -> None:
        """It is committed, or given up because others have its partitions."""
        self._under_way = ()
        metrics.IN_FLIGHT.labels(self._stage).set(0)

    def look(self, waiting: Mapping[int, int]) -> None:
        """Set the gauges; called each second, also while a batch takes its time."""
        # Those of partitions that have gone elsewhere must not stand still here.
        for partition in self._labelled - set(waiting):
            metrics.LAG.remove(self._stage, self._topic, str(partition))
        self._labelled = set(waiting)
        for partition, records in waiting.items():
            held = sum(event.message.partition == partition for event in self._under_way)
            metrics.LAG.labels(self._stage, self._topic, str(partition)).set(records + held)
        # The head of a batch is the oldest of what waits.
        oldest = min((event.message.timestamp for event in self._under_way), default=time.time())
        used = max(0.0, time.time() - oldest) / self._retention
        metrics.RETENTION_USED.labels(self._stage).set(used)
        if used >= ALARM_SHARE and (self._alarmed or 0.0) < time.monotonic() - ALARM_PAUSE_SECONDS:
            self._alarmed = time.monotonic()
            log.error(
                "retention alarm: what waits will be deleted before it is read; add workers, or keep it longer",
                stage=self._stage, topic=self._topic, used=round(used, 2), lag=sum(waiting.values()),
                retention_seconds=self._retention,
            )  # fmt: skip
