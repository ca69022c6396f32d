"""`python -m tests.faults.mutants`: each invariant bites. The table says which of them each mutation breaks."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from pipeline.feeds import FeedItem
from tests.faults.broker import Broker
from tests.faults.ledger import INVARIANTS, audit, shown
from tests.faults.mutations import MARKED, MUTANTS, Mutant
from tests.faults.trial import trial
from tests.faults.wire import WORDS, article

KEYS, VERSIONS = 6, 10
BATCH = 4
LATE_SECONDS = 5.0
RESIDENT_BOUND = 250 << 20


def _articles() -> Iterator[FeedItem]:
    """Many versions of few uris: a batch has several of one."""
    for version in range(1, VERSIONS + 1):
        for key in range(KEYS):
            text = f"{' '.join(WORDS[key : key + 30])} {version}"
            yield article(f"u{key}", text, version)


async def broken(broker: Broker, mutant: Mutant | None, seed: int = 1) -> dict[str, list[str]]:
    """What the ledger says of workers with the mutation; of None, without any."""
    plugin = f"tests.faults.mutations:{mutant.name}" if mutant else "quick"
    with tempfile.TemporaryDirectory() as marks:
        async with trial(
            broker.bootstrap_servers,
            seed=seed,
            plugin=plugin,
            variables={"FAULTS_MARKS": marks},
            batch_articles=BATCH,
        ) as of:
            await of.warm_by(_articles(), within=15 if mutant and mutant.crash else 60)
            if mutant and mutant.crash:
                of.struck()
            await of.feed([article(MARKED.decode(), f"{' '.join(WORDS[:30])} آخر", 1)])
            await of.drained(10 if mutant and "no_lag" in mutant.breaks else 60)
            await asyncio.sleep(LATE_SECONDS)  # what is committed too early is still to be sent
            return audit(await of.books(RESIDENT_BOUND))


def main() -> None:
    """Run them all; exit status 1 where one breaks something else than it must."""
    table = Table("mutation", *(str(number) for number in range(1, len(INVARIANTS) + 1)), "as it must be")
    wrong = []
    with Broker() as broker:
        for mutant in (None, *MUTANTS):
            breaches = asyncio.run(broken(broker, mutant))
            right = list(breaches) == (list(mutant.breaks) if mutant else [])
            marks = ["✗" if invariant.__name__ in breaches else "" for invariant in INVARIANTS]
            table.add_row(mutant.name if mutant else "none", *marks, "yes" if right else "NO")
            if not right:
                wrong.append(f"{mutant.name if mutant else 'none'}: {shown(breaches) or 'nothing breaks'}")
    console = Console(width=150)
    console.print(table)
    for number, invariant in enumerate(INVARIANTS, start=1):
        console.print(
            (invariant.__doc__ or "").splitlines()[0].replace(f"{number}. ", f"{number}  "), markup=False
        )
    for line in wrong:
        console.print(line, markup=False)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
