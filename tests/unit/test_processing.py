"""A batch that fails is halved until the one article is found; its neighbours are not affected."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.errors import Retry, Stop
from pipeline.outcomes import Arrival, Forward, Outcome, Rejected
from pipeline.records import Notice, Version
from pipeline.stages.stage import Stage
from pipeline.streams import processing
from pipeline.streams.processing import process
from pipeline.topics import RAW, UNIQUE


class Fragile(Stage):
    """Forwards everything; raises where a batch holds a poison value."""

    name, source, target = "fragile", RAW, UNIQUE

    def __init__(self, error: Exception, *, times: int = 10**9) -> None:
        self.error, self.times, self.calls = error, times, 0

    def process(self, batch: Sequence[Arrival]) -> list[Outcome]:
        self.calls += 1
        if self.times and any(arrival.value == b"poison" for arrival in batch):
            self.times -= 1
            raise self.error
        return [Forward(str(a.value), Notice(kind="kill", uri=str(a.value), version=Version())) for a in batch]


def arrivals(*values: bytes) -> list[Arrival]:
    return [Arrival(value, value, f"news.raw/0/{offset}", 0) for offset, value in enumerate(values)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing, "PAUSE_SECONDS", 0.0)


@pytest.mark.parametrize("place", range(7))
async def test_only_the_poison_article_is_rejected(place: int) -> None:
    values = [b"poison" if number == place else b"%d" % number for number in range(7)]
    outcomes = await process(Fragile(ValueError("bad")), arrivals(*values))
    assert [isinstance(outcome, Rejected) for outcome in outcomes] == [value == b"poison" for value in values]
    assert [outcome.uri for outcome in outcomes if isinstance(outcome, Forward)] == [
        str(value) for value in values if value != b"poison"
    ]


async def test_what_passes_is_tried_again_and_not_rejected() -> None:
    stage = Fragile(Retry("child lost"), times=2)
    assert isinstance((await process(stage, arrivals(b"poison")))[0], Forward)
    assert stage.calls == 3


async def test_what_never_passes_is_rejected_after_its_attempts() -> None:
    stage = Fragile(Retry("child lost"))
    (outcome,) = await process(stage, arrivals(b"poison"))
    assert isinstance(outcome, Rejected)
    assert stage.calls == processing.ATTEMPTS_ALONE


async def test_stop_stops() -> None:
    with pytest.raises(Stop):
        await process(Fragile(Stop("no model")), arrivals(b"poison", b"1"))


async def test_a_stage_that_answers_too_few_is_a_fault() -> None:
    class Forgetful(Fragile):
        def process(self, batch: Sequence[Arrival]) -> list[Outcome]:
            return super().process(batch)[: len(batch) - 1]

    outcomes = await process(Forgetful(ValueError()), arrivals(b"1", b"2"))
    assert all(isinstance(outcome, Rejected) for outcome in outcomes)
