"""Records of a partition are taken in the order of their offsets or not at all, whatever Faust hands over."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from pipeline.settings import Settings
from pipeline.stages.claims import ClaimsStage
from pipeline.streams import positions as module
from pipeline.streams.positions import Positions


class TP(NamedTuple):
    topic: str
    partition: int


HERE = TP("news.tagged", 0)


class Consumer:
    """What is used of Faust's: one partition, committed at 5, that ends at `end`."""

    def __init__(self, end: int = 20, start: int = 0, committed: int | None = 5) -> None:
        self.end, self.start = end, start
        self.sought: list[int] = []
        self.committed_offsets: dict[TP, int] = {}
        self._acked: dict[TP, list[int]] = {HERE: [1]}
        self._acked_index: dict[TP, set[int]] = {}

        async def known(tp: TP) -> int | None:
            return committed

        async def call_thread(function: Any, *arguments: Any) -> Any:
            return await function(*arguments)

        self._thread = SimpleNamespace(
            call_thread=call_thread, _ensure_consumer=lambda: SimpleNamespace(committed=known)
        )

    def assignment(self) -> set[TP]:
        return {HERE}

    def highwater(self, tp: TP) -> int:
        assert self.end >= 0, "Partition is not assigned"  # as aiokafka does it
        return self.end

    async def earliest_offsets(self, *places: TP) -> dict[TP, int]:
        return dict.fromkeys(places, self.start)

    async def seek(self, tp: TP, offset: int) -> None:
        self.sought.append(offset)

    async def _commit_offsets(self, offsets: dict[TP, int]) -> None:
        self.committed_offsets.update(offsets)


def event(offset: int, generation: int = 1) -> Any:
    message = SimpleNamespace(
        tp=HERE, topic=HERE.topic, partition=0, offset=offset, generation_id=generation, key=b"k"
    )
    return SimpleNamespace(message=message)


def events(*offsets: int) -> list[Any]:
    return [event(offset) for offset in offsets]


def taken(found: list[Any]) -> list[int]:
    return [each.message.offset for each in found]


def positions(consumer: Consumer) -> tuple[Positions, Any]:
    app = SimpleNamespace(consumer=consumer, consumer_generation_id=1, rebalancing=False)
    return Positions(ClaimsStage(), Settings(), app), app


@pytest.fixture
def really(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Where the log itself says that the first record not before an offset is."""
    log: dict[str, int] = {}

    async def first_offset(settings: Settings, topic: Any, partition: int, at: int) -> int | None:
        return None if "empty" in log else log.get("first", at)

    monkeypatch.setattr(module, "first_offset", first_offset)
    return log


async def test_what_comes_next_is_taken() -> None:
    of, _ = positions(Consumer())
    assert taken(await of.in_order(events(5, 6, 7))) == [5, 6, 7]
    assert taken(await of.in_order(events(8))) == [8]


async def test_what_was_taken_or_committed_is_left_out() -> None:
    of, _ = positions(Consumer())
    assert taken(await of.in_order(events(3, 4, 5, 5, 6))) == [5, 6]


@pytest.mark.parametrize("skipped", [1, 2, 9])
async def test_what_was_skipped_is_read_again(really: dict[str, int], skipped: int) -> None:
    consumer = Consumer()
    of, _ = positions(consumer)
    assert taken(await of.in_order(events(5, 6 + skipped, 7 + skipped))) == [5]
    assert consumer.sought == [6], "once, however many follow"
    assert taken(await of.in_order(events(8 + skipped, 6, 7))) == [6, 7]


async def test_the_first_records_of_a_topic_are_not_skipped_either(really: dict[str, int]) -> None:
    consumer = Consumer(committed=None)
    of, _ = positions(consumer)
    assert await of.in_order(events(1, 2)) == []
    assert consumer.sought == [0]


async def test_a_gap_that_is_in_the_log_is_passed(really: dict[str, int]) -> None:
    consumer = Consumer()
    of, _ = positions(consumer)
    really["first"] = 9
    assert taken(await of.in_order(events(5, 9, 10))) == [5, 9, 10]
    assert consumer.sought == []


async def test_what_was_deleted_unread_is_counted(really: dict[str, int]) -> None:
    before = module.metrics.EXPIRED.labels("claims")._value.get()
    of, _ = positions(Consumer(start=9))
    really["first"] = 9
    assert taken(await of.in_order(events(9))) == [9]
    assert module.metrics.EXPIRED.labels("claims")._value.get() - before == 4


async def test_what_is_skipped_in_silence_is_read_again(
    really: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = Consumer(end=6)
    of, _ = positions(consumer)
    await of.insist(busy=False)
    assert consumer.sought == [], "it may still come"
    monkeypatch.setattr(module, "QUIET_SECONDS", -1.0)
    await of.insist(busy=True)
    assert consumer.sought == [], "a busy stage takes its time"
    await of.insist(busy=False)
    assert consumer.sought == [5]
    await of.in_order(events(5))
    await of.insist(busy=False)
    assert consumer.sought == [5], "at the end of the log there is nothing to wait for"


async def test_a_generation_begins_at_what_is_committed() -> None:
    of, app = positions(Consumer())
    assert taken(await of.in_order(events(5, 6))) == [5, 6]
    app.consumer_generation_id = 2
    assert taken(await of.in_order([event(7, 1), event(5, 2), event(6, 2)])) == [5, 6]


async def test_what_is_committed_is_what_was_done() -> None:
    consumer = Consumer()
    of, _ = positions(consumer)
    await of.commit(await of.in_order(events(5, 6)))
    assert consumer.committed_offsets == {HERE: 7}
    assert HERE not in consumer._acked


async def test_what_was_deleted_while_it_was_read_again_is_not_waited_for(
    really: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = Consumer()
    of, _ = positions(consumer)
    assert await of.in_order(events(7)) == []
    assert consumer.sought == [5]
    consumer.start = really["first"] = 9
    monkeypatch.setattr(module, "SEEK_SECONDS", -1.0)
    assert await of.in_order(events(10)) == []
    assert consumer.sought == [5, 9]
    assert taken(await of.in_order(events(9, 10))) == [9, 10]


async def test_what_was_deleted_to_the_end_is_counted_too(
    really: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = module.metrics.EXPIRED.labels("claims")._value.get()
    consumer = Consumer(end=9, start=9)
    of, _ = positions(consumer)
    really["empty"] = 1
    monkeypatch.setattr(module, "QUIET_SECONDS", -1.0)
    await of.insist(busy=False)
    await of.insist(busy=False)
    assert module.metrics.EXPIRED.labels("claims")._value.get() - before == 4
    assert consumer.sought == []


async def test_a_partition_that_goes_elsewhere_meanwhile_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer = Consumer()
    of, _ = positions(consumer)
    await of.in_order(events(5))
    consumer.end = -1
    monkeypatch.setattr(module, "QUIET_SECONDS", -1.0)
    await of.insist(busy=False)
    assert of.waiting() == {0: 0}
