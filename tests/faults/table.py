"""The table of faults: what registers one, what a run of one gives, how it is printed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.faults.broker import Broker
from tests.faults.ledger import Books
from tests.faults.trial import PATIENCE, Trial, sound, trial

# What is promised of a killed worker with the default settings, and of all else unless its fault says otherwise.
RECOVERY_SECONDS = 15.0
RATE = 20.0
DRAIN_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Row:
    """What a run gave. `recovery` is the longest; None where nothing stands still."""

    times: int
    inputs: int
    lost: int
    repeated: int
    bound: int
    recovery: float | None = None
    note: str = ""


Run = Callable[[Broker, int], Awaitable[Row]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its name; `quick` ones are part of `make test`."""

    name: str
    run: Run
    quick: bool


FAULTS: dict[str, Fault] = {}


def fault(name: str, *, quick: bool = False) -> Callable[[Run], Run]:
    """Registers a coroutine that strikes: it gets a broker and a seed, and raises where a promise is broken."""

    def register(run: Run) -> Run:
        FAULTS[name] = Fault(name, run, quick)
        return run

    return register


async def settled(of: Trial, note: str = "", *, statuses: set[int] | None = None) -> Row:
    """End the wire, wait until nothing waits, hold the books against the promises."""
    await of.end_of_wire()
    await of.drained(DRAIN_SECONDS)
    books = await of.books()
    ended = await of.crew.end()
    sound(books)
    assert set(ended) <= (statuses or {0}), f"workers ended with {ended}\n{of.tail()}"
    return row(of, books, note)


def row(of: Trial, books: Books, note: str = "") -> Row:
    recovery = max(of.recoveries, default=None)
    return Row(of.faults, len(books.fed), len(books.lost), books.repeats, books.in_flight, recovery, note)


async def striking(
    bootstrap: str,
    seed: int,
    strike: Callable[[Trial], Awaitable[float]],
    *,
    times: int = 1,
    within: float = RECOVERY_SECONDS,
    rest: float = 2.0,
    note: str = "",
    **options: Any,
) -> Row:
    """Strike `times` times at random moments of a steady wire; each time news flows again `within` seconds.

    `strike` gives the moment from which the recovery counts.
    """
    async with trial(bootstrap, seed=seed, **options) as of:
        of.flow(RATE)
        await of.warm()
        for _ in range(times):
            await asyncio.sleep(of.dice.uniform(0.0, rest))
            since = await strike(of)
            recovery = await of.recovered(since, within + 30)
            assert recovery <= within * PATIENCE, (
                f"flow again after {recovery:.1f} s, not within {within:g}\n{of.tail()}"
            )
        return await settled(of, note)


def show(rows: dict[str, Row | BaseException]) -> None:
    """The printed table, and below it what failed."""
    table = Table("fault", "times", "inputs", "lost", "repeated", "of at most", "recovery s", "")
    for name, found in rows.items():
        if isinstance(found, BaseException):
            table.add_row(name, "", "", "", "", "", "", "[red]FAILED[/]")
            continue
        recovery = "" if found.recovery is None else f"{found.recovery:.1f}"
        counts = (found.times, found.inputs, found.lost, found.repeated, found.bound)
        table.add_row(name, *map(str, counts), recovery, found.note)
    console = Console(width=150)
    console.print(table)
    for name, found in rows.items():
        if isinstance(found, BaseException):
            console.print(f"{name}: {type(found).__name__}: {found}"[:4000], markup=False)
