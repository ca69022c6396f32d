"""The faults that take little time; `make faults` runs them all, `make mutants` shows that the ledger bites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import crashes, outages, poison, runs
from tests.faults.broker import Broker
from tests.faults.table import FAULTS, Fault

MODULES = (crashes, outages, poison, runs)  # importing them fills the table


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
