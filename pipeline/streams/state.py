"""The state of a stage, kept on a topic: read back after each rebalance, written before anything leaves."""

from __future__ import annotations

import asyncio

import structlog
from aiokafka.errors import KafkaError

from pipeline.errors import Reject, Stop
from pipeline.kafka.reading import read_all
from pipeline.settings import Settings
from pipeline.stages.stage import Stage, StatefulStage
from pipeline.streams.delivery import Emission

log = structlog.get_logger()

# A leader election takes a few seconds; who cannot read the state after five pauses needs a person.
RESTORE_ATTEMPTS = 5
RESTORE_PAUSE_SECONDS = 2.0


class StageState:
    """What a stateful stage remembers; of any other stage, nothing."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        self._stage = stage
        self._settings = settings
        self._generation: int | None = None

    async def restore(self, generation: int) -> None:
        """Read the log anew in each generation of the group.

        Another owner may have decided meanwhile, and what was decided here may not have been written.

        Raises:
            Stop: the log cannot be read, again and again, or holds what is no decision of this stage.
        """
        if not isinstance(self._stage, StatefulStage) or self._generation == generation:
            return
        values = await self._log(self._stage)
        try:
            held = await asyncio.to_thread(self._stage.restore, values)
        except Reject as error:
            name = self._stage.state.full_name(self._settings)
            raise Stop(
                f"topic {name} holds a record that is no decision of the {self._stage.name} stage: {error}"
            ) from None
        log.info("state restored", stage=self._stage.name, decisions=held)
        self._generation = generation

    def journal(self) -> list[Emission]:
        """The records that must be on the log before the batch's outcomes may leave."""
        if not isinstance(self._stage, StatefulStage):
            return []
        return [Emission(self._stage.state, key, value, []) for key, value in self._stage.journal()]

    async def _log(self, stage: StatefulStage) -> list[bytes]:
        for attempt in range(1, RESTORE_ATTEMPTS + 1):
            try:
                records = [record async for record in read_all(self._settings, [stage.state])]
                return [record.value for record in records if record.value is not None]
            except (KafkaError, Stop) as error:
                log.warning("state cannot be read", stage=stage.name, attempt=attempt, error=str(error))
                if attempt == RESTORE_ATTEMPTS:
                    raise
                await asyncio.sleep(RESTORE_PAUSE_SECONDS)
        raise AssertionError("unreachable")
