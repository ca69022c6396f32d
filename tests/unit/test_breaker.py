"""A flood of poison trips the breaker before any of it is sent; a few odd ones do not."""

from __future__ import annotations

import pytest

from pipeline.errors import Flood, Reject
from pipeline.outcomes import Outcome, Rejected, Settled
from pipeline.streams.breaker import Breaker


def batch(rejected: int, settled: int) -> list[Outcome]:
    return [Rejected(Reject("bad"))] * rejected + [Settled()] * settled


def test_it_trips_at_its_share_of_its_size() -> None:
    breaker = Breaker("claims", 10, 0.5)
    breaker.watch(batch(4, 5))
    with pytest.raises(Flood, match=r"claims stage would reject 50% of its last 10 inputs, the last because: bad"):
        breaker.watch(batch(1, 0))


def test_it_waits_until_it_has_seen_enough() -> None:
    breaker = Breaker("claims", 10, 0.5)
    breaker.watch(batch(9, 0))


def test_it_forgets() -> None:
    breaker = Breaker("claims", 10, 0.5)
    breaker.watch(batch(4, 6))
    breaker.watch(batch(0, 10))
    breaker.watch(batch(4, 6))


def test_a_supervisor_can_tell_it_from_a_crash() -> None:
    assert Flood.status == 3
