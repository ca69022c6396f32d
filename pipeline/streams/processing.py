"""Asks a stage about a batch, and finds the one article that it stumbles over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from pipeline import metrics
from pipeline.errors import Retry, Stop
from pipeline.outcomes import Arrival, Outcome, Rejected
from pipeline.stages.stage import Stage

log = structlog.get_logger()

# A child process that was lost is back in three seconds; an article that kills it three times in a row, alone,
# is what kills it.
ATTEMPTS_ALONE = 3
PAUSE_SECONDS = 1.0


async def process(stage: Stage, batch: Sequence[Arrival]) -> list[Outcome]:
    """The outcome of each arrival, computed in a thread so that the event loop goes on polling Kafka.

    A batch that fails is halved until the one is found; it is rejected, and its neighbours are not affected.

    Raises:
        Stop: the stage says that a person must mend something.
    """
    for attempt in range(1, ATTEMPTS_ALONE + 1):
        try:
            return await _answers(stage, batch)
        except Stop:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to some article of this batch
            log.warning(
                "batch failed", stage=stage.name, articles=len(batch), attempt=attempt, error=str(error),
                uri=(batch[0].key or b"").decode(errors="replace"), input=batch[0].input,
            )  # fmt: skip
            if len(batch) > 1:
                break
            if attempt == ATTEMPTS_ALONE or not isinstance(error, Retry):
                return [Rejected(error, stage.withdrawal(batch[0]))]
            metrics.RETRIES.labels(stage.name, "process").inc()
            await asyncio.sleep(PAUSE_SECONDS)
    metrics.RETRIES.labels(stage.name, "process").inc()
    middle = len(batch) // 2
    return await process(stage, batch[:middle]) + await process(stage, batch[middle:])


async def _answers(stage: Stage, batch: Sequence[Arrival]) -> list[Outcome]:
    outcomes = await asyncio.to_thread(stage.process, batch)
    if len(outcomes) != len(batch):
        raise RuntimeError(f"the {stage.name} stage gave {len(outcomes)} outcomes for {len(batch)} arrivals")
    return outcomes
