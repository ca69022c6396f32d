"""A worker: the stages it was told to run, in one process, until it is told to stop or must."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from pipeline import failpoints
from pipeline.errors import KhabarError, Stop
from pipeline.health import BEAT_SECONDS, Health, HealthServer
from pipeline.kafka.admin import require_topics
from pipeline.kafka.producer import producer
from pipeline.settings import Settings
from pipeline.stages.stage import Stage, StatefulStage
from pipeline.streams.binding import Binding
from pipeline.topics import DEAD_LETTER, Topic

log = structlog.get_logger()

# Most batches are done in this time. One that is not (a long article on a slow machine, a rebalance that waits for
# a killed peer) is safe to leave: nothing of it was committed, and it will be delivered again.
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
        failpoints.load(self._settings.failpoints)
        health = Health()
        server = HealthServer(health, self._settings.health_port)
        beating = asyncio.create_task(_beat(health))
        try:
            await asyncio.gather(*(asyncio.to_thread(stage.start) for stage in self._stages))
            async with producer(self._settings) as sender:
                bindings = [Binding(stage, self._settings, sender, self._fail) for stage in self._stages]
                try:
                    await _all(binding.start() for binding in bindings)
                    health.started(lambda: {binding.name: binding.standing() for binding in bindings})
                    log.info("worker started", stages=[stage.name for stage in self._stages])
                    started()
                    await self._ended.wait()
                except Exception as error:  # noqa: BLE001 - the apps that did start hold partitions: drain them first
                    self._fail(error)
                await self._drain(bindings)
        finally:
            beating.cancel()
            for stage in self._stages:
                stage.close()
            server.close()
        if isinstance(self._failure, Stop):
            raise self._failure
        if self._failure:
            raise Stop(f"{type(self._failure).__name__}: {self._failure}") from self._failure
        log.info("worker stopped")

    async def _drain(self, bindings: Sequence[Binding]) -> None:
        stops = asyncio.gather(*(binding.stop() for binding in bindings), return_exceptions=True)
        try:
            results = await asyncio.wait_for(stops, DRAIN_SECONDS)
        except TimeoutError:
            log.warning("a batch took too long: left; it was not committed and will be delivered again")
            for stage in self._stages:
                stage.close()
            # Faust's threads would keep the process, and with it the partitions.
            os._exit(self._status())
        for stage, result in zip(self._stages, results, strict=True):
            if isinstance(result, Exception):
                log.warning("stage did not stop in order", stage=stage.name, error=repr(result))

    def _status(self) -> int:
        if isinstance(self._failure, KhabarError):
            return self._failure.status
        return 1 if self._failure else 0

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
    topics = [DEAD_LETTER]
    for stage in stages:
        topics += [stage.source, stage.target, *stage.diverts]
        if isinstance(stage, StatefulStage):
            topics.append(stage.state)
    return list(dict.fromkeys(topics))


async def _beat(health: Health) -> None:
    while True:
        health.beat()
        await asyncio.sleep(BEAT_SECONDS)


async def _all(starts: Iterable[Awaitable[None]]) -> None:
    """Wait for all, then raise the first error: none is left half started."""
    for result in await asyncio.gather(*starts, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
