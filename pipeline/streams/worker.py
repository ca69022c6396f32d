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
from pipeline.topics import DEAD_LETTER, DUPLICATES, OTHER_LANGUAGE, SUPERSEDED, VERDICTS

log = structlog.get_logger()

# A drain is at most one batch; what takes longer is stuck, and is safe to leave: it was not committed.
DRAIN_SECONDS = 8.0


async def work(settings: Settings, stages: Sequence[Stage], started: Callable[[], None] = lambda: None) -> None:
    """Run the stages until SIGTERM or SIGINT; then finish the batches under way, commit, and return.

    Raises:
        Stop: a broker or a topic is missing, or a stage says that a person must mend something.
    """
    await require_topics(settings, topics_of(stages))
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _end, ended, None)
    await asyncio.gather(*(asyncio.to_thread(stage.start) for stage in stages))
    async with producer(settings) as sender:
        bindings = [Binding(stage, settings, sender, lambda error: _end(ended, error)) for stage in stages]
        await asyncio.gather(*(binding.start() for binding in bindings))
        log.info("worker started", stages=[stage.name for stage in stages])
        started()
        try:
            await ended
        finally:
            await _drain(bindings)
            for stage in stages:
                stage.close()
    log.info("worker stopped")


def topics_of(stages: Sequence[Stage]) -> list:
    """The topics that these stages read and write."""
    names = {stage.name for stage in stages}
    topics = [topic for stage in stages for topic in (stage.source, stage.target)] + [DEAD_LETTER]
    topics += [OTHER_LANGUAGE] if "language" in names else []
    topics += [DUPLICATES, SUPERSEDED, VERDICTS] if "duplicates" in names else []
    return list(dict.fromkeys(topics))


def _end(ended: asyncio.Future[None], error: BaseException | None) -> None:
    if ended.done():
        return
    if error is None:
        ended.set_result(None)
    else:
        ended.set_exception(error if isinstance(error, Stop) else Stop(f"{type(error).__name__}: {error}"))


async def _drain(bindings: Sequence[Binding]) -> None:
    try:
        await asyncio.wait_for(asyncio.gather(*(binding.stop() for binding in bindings)), DRAIN_SECONDS)
    except TimeoutError:
        log.warning("drain took too long: leaving; what was not committed will be delivered again")
        os._exit(1)
