"""The faults that take little time, and a mutant that shows that the ledger bites; `make faults` runs them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import crashes, outages, poison, runs
from tests.faults.broker import Broker
from tests.faults.mutants import broken
from tests.faults.mutations import MUTANTS, Mutant
from tests.faults.table import FAULTS, Fault

MODULES = (crashes, outages, poison, runs)  # importing them fills the table
BITING = [mutant for mutant in MUTANTS if mutant.name == "commit_before_produce"]


@pytest.fixture(scope="session", name="broker")
def running_broker(kafka_here: None) -> Iterator[Broker]:
    with Broker() as broker:
        yield broker


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS.values() if fault.quick], ids=lambda fault: fault.name
)
async def test_nothing_is_lost(broker: Broker, fault: Fault) -> None:
    found = await fault.run(broker, 1)
    assert found.lost == 0
    assert found.inputs > 0


@pytest.mark.parametrize("mutant", BITING, ids=lambda mutant: mutant.name)
async def test_a_worker_that_breaks_a_promise_is_found_out(broker: Broker, mutant: Mutant) -> None:
    assert list(await broken(broker, mutant)) == list(mutant.breaks)
