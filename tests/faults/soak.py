"""`python -m tests.faults.soak`: one long trial in which faults strike at random, by a seed that is printed."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from tests.faults import child
from tests.faults.broker import Broker
from tests.faults.proxy import Proxy
from tests.faults.table import RATE, row, show
from tests.faults.trial import Trial, sound, trial
from tests.faults.wire import WORDS, article

PATIENCE_SECONDS = 90.0


class Storm:
    """The faults that may strike a running trial; each is over when its coroutine ends."""

    def __init__(self, of: Trial, broker: Broker, proxy: Proxy) -> None:
        self._of, self._broker, self._proxy = of, broker, proxy
        self._poisons = 0

    @property
    def faults(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "kill": self.kill, "freeze": self.freeze, "end": self.end, "join": self.join, "poison": self.poison,
            "broker killed": self.broker_killed, "broker frozen": self.broker_frozen, "cut": self.cut,
            "silent": self.silent, "slow": self.slow,
        }  # fmt: skip

    async def kill(self) -> None:
        self._of.dice.choice(self._of.crew.running).kill()

    async def freeze(self) -> None:
        worker = self._of.dice.choice(self._of.crew.running)
        worker.signal(signal.SIGSTOP)
        await asyncio.sleep(self._of.dice.uniform(1, 15))
        worker.signal(signal.SIGCONT)

    async def end(self) -> None:
        worker = self._of.dice.choice(self._of.crew.working or self._of.crew.running)
        self._of.crew.dismiss(worker)
        await worker.end(20)
        self._of.crew.hire()

    async def join(self) -> None:
        worker = self._of.crew.hire()
        await asyncio.sleep(self._of.dice.uniform(2, 10))
        if worker in self._of.crew.workers and worker.alive:
            self._of.crew.dismiss(worker)
            await worker.end(20)

    async def poison(self) -> None:
        self._poisons += 1
        word = self._of.dice.choice([child.RAISES, child.GARBAGE, child.DIES, child.HANGS])
        await self._of.feed([article(f"poison-{self._poisons}", f"{' '.join(WORDS[:30])} {word}", 1)])

    async def broker_killed(self) -> None:
        await asyncio.to_thread(self._broker.kill)
        await asyncio.sleep(self._of.dice.uniform(0, 5))
        await asyncio.to_thread(self._broker.start)

    async def broker_frozen(self) -> None:
        self._broker.freeze()
        try:
            await asyncio.sleep(self._of.dice.uniform(2, 20))
        finally:
            self._broker.thaw()

    async def cut(self) -> None:
        self._proxy.cut()
        await asyncio.sleep(self._of.dice.uniform(1, 10))
        self._proxy.mend()

    async def silent(self) -> None:
        self._proxy.silent()
        await asyncio.sleep(self._of.dice.uniform(1, 20))
        self._proxy.mend()

    async def slow(self) -> None:
        self._proxy.delay = self._of.dice.uniform(0.05, 0.5)
        await asyncio.sleep(10)
        self._proxy.mend()


async def soak(broker: Broker, minutes: float, seed: int) -> None:
    """Faults for so long, then quiet, then the books."""
    struck: Counter[str] = Counter()
    async with (
        broker.proxy() as proxy,
        trial(
            broker.bootstrap_servers, seed=seed, through=broker.proxied, tagging_timeout_seconds=2.0, workers=3
        ) as of,
    ):
        of.flow(RATE)
        await of.warm()
        faults, end = Storm(of, broker, proxy).faults, time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            await asyncio.sleep(of.dice.uniform(0, 5))
            name = of.dice.choice(list(faults))
            print(f"{time.strftime('%H:%M:%S')} {name}", flush=True)
            of.struck()
            await faults[name]()
            struck[name] += 1
            await of.recovered(time.monotonic(), PATIENCE_SECONDS)
        await of.end_of_wire()
        await of.drained(180)
        books = await of.books()
        await of.crew.end()
        show({f"soak {minutes:g} min": row(of, books, ", ".join(f"{n} {f}" for f, n in struck.items()))})
        sound(books)


def main(
    minutes: float = 30, seed: Annotated[int | None, typer.Option(help="As a run before printed it.")] = None
) -> None:
    """Soak; exit status 1 where a promise was broken."""
    seed = random.randrange(10**6) if seed is None else seed
    print(f"seed {seed}", flush=True)
    try:
        with Broker() as broker:
            asyncio.run(soak(broker, minutes, seed))
    except AssertionError as error:
        print(error)
        sys.exit(1)
    finally:
        print(f"seed {seed}")


if __name__ == "__main__":
    typer.run(main)
