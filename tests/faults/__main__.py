"""`python -m tests.faults`: every fault, one after the other, on Apache Kafka, and the table."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
import traceback
from typing import Annotated

import typer

from tests.faults import crashes, duplicates, outages, poison, runs
from tests.faults.broker import Broker
from tests.faults.table import FAULTS, Row, show

MODULES = (crashes, duplicates, outages, poison, runs)  # importing them fills the table


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Parts of names; all faults if none.")] = None,
    seed: int = 1,
    tries: int = 1,
) -> None:
    """Run faults and print the table; exit status 1 where a promise was broken."""
    chosen = [fault for name, fault in FAULTS.items() if not names or any(part == name for part in names)]
    chosen = chosen or [fault for name, fault in FAULTS.items() if any(part in name for part in names or ())]
    logging.getLogger().addHandler(logging.NullHandler())  # a broker that is away is what we want
    rows: dict[str, Row | BaseException] = {}
    with Broker() as broker:
        for fault in chosen * tries:
            began = time.monotonic()
            try:
                rows[fault.name] = asyncio.run(fault.run(broker, seed))
            except Exception as error:  # noqa: BLE001 - the table says so, and the others are still to come
                rows[fault.name] = error
                traceback.print_exc(limit=-3)
            print(f"{time.monotonic() - began:6.0f} s  {fault.name}: {str(rows[fault.name])[:4000]}", flush=True)
    show(rows)
    print(f"seed {seed}")
    sys.exit(any(isinstance(found, BaseException) for found in rows.values()))


if __name__ == "__main__":
    typer.run(main)
