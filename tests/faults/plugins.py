"""What a worker under test is made to do, by `KHABAR_FAILPOINTS=tests.faults.plugins:…`.

Each function arms failpoints in the worker's own process. Variables that begin with FAULTS_ say more.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import failpoints
from pipeline.outcomes import Arrival, Outcome
from pipeline.stages.claims import ClaimsStage
from pipeline.stages.duplicates import DuplicatesStage
from pipeline.stages.language import LanguageStage
from pipeline.stages.stage import Stage
from pipeline.stages.tagging import TaggingStage
from pipeline.tagger.process import ProcessTagger


class QuickTagger(ProcessTagger):
    """The real parent of a model of one line."""

    CHILD = "tests.faults.child"


def quick() -> None:
    """A worker that does not wait for a transformer."""
    failpoints.arm("tagger", lambda _: QuickTagger)


def once(mark: str) -> bool:
    """True the first time, for all workers that share the folder FAULTS_MARKS."""
    try:
        (Path(os.environ["FAULTS_MARKS"]) / mark).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def crash_before_commit() -> None:
    """SIGKILL itself when the brokers have acknowledged a batch in which an article wants that of the stage."""
    quick()

    async def crash(emissions: list[Any], *, stage: str) -> list[Any]:
        for emission in emissions:
            if (emission.key or b"").startswith(f"crash-{stage}".encode()) and once(emission.key.decode()):
                os.kill(os.getpid(), signal.SIGKILL)
        return emissions

    failpoints.arm("sent", crash)


def stall() -> None:
    """The event loop stands still for FAULTS_SECONDS when an article named `stall-…` arrives at a stage."""
    quick()

    async def stand_still(arrivals: list[Arrival], *, stage: str) -> list[Arrival]:
        if any((arrival.key or b"").startswith(f"stall-{stage}".encode()) for arrival in arrivals):
            time.sleep(float(os.environ["FAULTS_SECONDS"]))  # noqa: ASYNC251 - that is the fault
        return arrivals

    failpoints.arm("batch", stand_still)


def fragile() -> None:
    """Every stage raises on a batch with an article whose uri says that it is poison for that stage."""
    quick()
    for kind in (LanguageStage, DuplicatesStage, TaggingStage, ClaimsStage):
        _make_fragile(kind)


def _make_fragile(kind: type[Stage]) -> None:
    sound = kind.process
    poison = f"poison-{kind.name}".encode()

    def process(self: Any, batch: Sequence[Arrival]) -> list[Outcome]:
        if any((arrival.key or b"").startswith(poison) for arrival in batch):
            raise ValueError(f"{kind.name} broke")
        return sound(self, batch)

    kind.process = process  # type: ignore[method-assign]
