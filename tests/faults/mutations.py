"""Mutations: for each invariant, a worker that breaks it, and as far as that can be it alone.

A mutation is armed at a failpoint of the worker (`KHABAR_FAILPOINTS=tests.faults.mutations:…`). `MUTANTS` says
which invariants of the ledger must then fail, and whether the mutation needs a crash to show.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import failpoints
from pipeline.streams.delivery import Emission
from pipeline.streams.headers import INPUT, OUTCOME
from pipeline.streams.positions import Positions
from pipeline.topics import DEAD_LETTER
from tests.faults.plugins import once, quick

Emissions = list[Emission]
MARKED = b"mutant"

_leaked: list[bytes] = []


def _last_stage(change: Callable[[Emissions], Emissions]) -> None:
    """Change what the claims stage sends."""
    quick()

    async def changed(emissions: Emissions, *, stage: str, commit: Callable[[], Awaitable[None]]) -> Emissions:
        return change(emissions) if stage == "claims" else emissions

    failpoints.arm("emissions", changed)


def dropped_send() -> None:
    """A send that is not awaited, and fails."""
    _last_stage(lambda emissions: [each for each in emissions if each.key != MARKED])


def second_outcome() -> None:
    """An exception that is caught, made a dead letter, and then forgotten."""

    def both(emissions: Emissions) -> Emissions:
        more = [
            replace(each, topic=DEAD_LETTER, headers=_with(each, OUTCOME, b"dead-letter"))
            for each in emissions
            if each.key == MARKED
        ]
        return [*emissions, *more]

    _last_stage(both)


def invented_input() -> None:
    """A record that goes back to nothing that was fed."""

    def more(emissions: Emissions) -> Emissions:
        made_up = [
            replace(each, key=b"nobody", headers=_with(each, INPUT, b"news.raw/0/999999999"))
            for each in emissions
            if each.key == MARKED
        ]
        return [*emissions, *made_up]

    _last_stage(more)


def clock_in_value() -> None:
    """What is written depends on when: JSON's white space, so that nothing else is wrong with it."""

    _crash_once()

    def stamped(emissions: Emissions) -> Emissions:
        blanks = b" " * (time.time_ns() // 1_000_000 % 500)
        return [replace(each, value=each.value + blanks) if each.value else each for each in emissions]

    _last_stage(stamped)


def sorted_backwards() -> None:
    """A batch in another order than it came."""
    _last_stage(lambda emissions: emissions[::-1])


def commit_before_produce() -> None:
    quick()

    async def early(emissions: Emissions, *, stage: str, commit: Callable[[], Awaitable[None]]) -> Emissions:
        if stage == "claims" and any(each.key == MARKED for each in emissions):
            await commit()
            await asyncio.sleep(4)
        return emissions

    failpoints.arm("emissions", early)


def parked() -> None:
    """A batch that waits for what never comes."""
    quick()

    async def wait(emissions: Emissions, *, stage: str, commit: Callable[[], Awaitable[None]]) -> Emissions:
        if stage == "claims" and any(each.key == MARKED for each in emissions):
            await asyncio.Event().wait()
        return emissions

    failpoints.arm("emissions", wait)


def leak() -> None:
    """Articles that are kept: 100 MiB a batch."""

    def keep(emissions: Emissions) -> Emissions:
        _leaked.append(os.urandom(100 << 20))
        return emissions

    _last_stage(keep)


def no_commit() -> None:
    """Commits are left to a timer that is far away: there are none until the crash."""
    quick()
    _crash_once()
    commit = Positions.commit

    async def not_yet(self: Positions, events: Iterable[Any]) -> None:
        if _crashed():
            await commit(self, events)

    Positions.commit = not_yet  # type: ignore[method-assign]


def _crash_once() -> None:
    """SIGKILL itself, once in a trial, when the marked article is acknowledged by the brokers."""

    async def crash(emissions: Emissions, *, stage: str) -> Emissions:
        if stage == "claims" and any(each.key == MARKED for each in emissions) and once("crash"):
            os.kill(os.getpid(), signal.SIGKILL)
        return emissions

    failpoints.arm("sent", crash)


def _crashed() -> bool:
    return (Path(os.environ["FAULTS_MARKS"]) / "crash").exists()


def _with(emission: Emission, name: str, value: bytes) -> list[tuple[str, bytes]]:
    return [*(pair for pair in emission.headers if pair[0] != name), (name, value)]


@dataclass(frozen=True, slots=True)
class Mutant:
    """What a mutation must break: these invariants and no others."""

    arm: Callable[[], None]
    breaks: Sequence[str]
    crash: bool = False

    @property
    def name(self) -> str:
        return self.arm.__name__


MUTANTS = (
    Mutant(second_outcome, ["one_outcome"]),
    Mutant(invented_input, ["no_strangers"]),
    Mutant(clock_in_value, ["identical_repeats"], crash=True),
    Mutant(sorted_backwards, ["version_order"]),
    Mutant(commit_before_produce, ["commits"]),
    Mutant(parked, ["no_lag"]),
    Mutant(leak, ["bounded_memory"]),
    Mutant(no_commit, ["few_repeats"], crash=True),
    # Lost, and committed past: two promises at once.
    Mutant(dropped_send, ["one_outcome", "commits"]),
)
