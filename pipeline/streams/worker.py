"""A worker: the stages it was told to run, in one process, until it is told to stop or must."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence

import structlog

from pipeline.errors import Stop
from pipeline.kafka.admin import require_topics
from pipeline.kafka.producer import producer
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.streams.binding import Binding
from pipeline.topics import DEAD_LETTER, DUPLICATES, OTHER_LANGUAGE, SUPERSEDED, VERDICTS, Topic

log = structlog.get_logger()

# A drain is at most one batch; what takes longer is stuck, and is safe to leave: it was not committed.
DRAIN_SECONDS = 8.0


class Worker:
    """Runs stages, each as a consumer group of its own, on one event loop."""

    def __init__(self, settings: Settings, stages: Sequence[Stage]) -> None:
        self._settings = settings
        self._stages = stages
        self._ended = asyncio.Event()
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """Finish the batches under way, commit, and leave."""
        self._ended.set()

    async def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Run until `stop`.

        Raises:
            Stop: a broker or a topic is missing, or a person must mend something.
        """
        await require_topics(self._settings, topics_of(self._stages))
        try:
            await asyncio.gather(*(asyncio.to_thread(stage.start) for stage in self._stages))
            async with producer(self._settings) as sender:
                bindings = [Binding(stage, self._settings, sender, self._fail) for stage in self._stages]
                await asyncio.gather(*(binding.start() for binding in bindings))
                log.info("worker started", stages=[stage.name for stage in self._stages])
                started()
                await self._ended.wait()
                await _drain(bindings)
        finally:
            for stage in self._stages:
                stage.close()
        if isinstance(self._failure, Stop):
            raise self._failure
        if self._failure:
            raise Stop(f"{type(self._failure).__name__}: {self._failure}") from self._failure
        log.info("worker stopped")

    def _fail(self, error: BaseException) -> None:
        log.error("worker must stop", error=str(error), kind=type(error).__name__)
        self._failure = self._failure or error
        self._ended.set()


async def work(settings: Settings, stages: Sequence[Stage]) -> None:
    """Run the stages until SIGTERM or SIGINT."""
    worker = Worker(settings, stages)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, worker.stop)
    await worker.run()


def topics_of(stages: Sequence[Stage]) -> list[Topic]:
    """The topics that these stages read and write."""
    names = {stage.name for stage in stages}
    topics = [topic for stage in stages for topic in (stage.source, stage.target)] + [DEAD_LETTER]
    topics += [OTHER_LANGUAGE] if "language" in names else []
    topics += [DUPLICATES, SUPERSEDED, VERDICTS] if "duplicates" in names else []
    return list(dict.fromkeys(topics))


async def _drain(bindings: Sequence[Binding]) -> None:
    try:
        await asyncio.wait_for(asyncio.gather(*(binding.stop() for binding in bindings)), DRAIN_SECONDS)
    except TimeoutError:
        log.warning("drain took too long: leaving; what was not committed will be delivered again")
        os._exit(1)
