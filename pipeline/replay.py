"""Replay: dead letters after a fix, and old input through newer models.

Both put the raw record once more at the end of `news.raw`, under its key, with headers that say what it follows.
Everything behind it then goes by the usual rules, the version gate above all: a replay that a newer version has
overtaken is superseded, and nothing needs to be known of the stages here. To be told apart, the record names the
record that was replayed (`khabar-replayed`), and all that comes of it the first attempt (`khabar-replay-of`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from pipeline.errors import Stop
from pipeline.kafka.connection import connection
from pipeline.kafka.producer import producer
from pipeline.kafka.reading import read_all
from pipeline.settings import Settings
from pipeline.streams.headers import ERRORS, INPUT, OUTCOME, RECEIVED, REPLAY_OF, REPLAYED, VALUE_OMITTED, read
from pipeline.topics import DEAD_LETTER, MAX_DEAD_LETTER_BYTES, RAW

# What a replay may not carry on: what was said of the attempt before.
OURS = frozenset({INPUT, RECEIVED, OUTCOME, REPLAY_OF, REPLAYED, VALUE_OMITTED})
FETCH_SECONDS = 10.0


@dataclass(slots=True)
class Replayed:
    """How many records were sent, and which were not, with the reason."""

    sent: int = 0
    done_before: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)


def place(record: ConsumerRecord) -> str:
    """topic/partition/offset."""
    return f"{record.topic}/{record.partition}/{record.offset}"


async def dead_letters(settings: Settings, stage: str | None = None, error: str | None = None) -> Replayed:
    """Send the inputs of dead letters again, each once, however often this is called.

    `stage` and `error` (a regular expression, searched in the message) choose some of them.

    Raises:
        Stop: no broker, or a topic is missing.
    """
    # By input: a crash may have written one letter twice.
    everything = [letter async for letter in read_all(settings, [DEAD_LETTER])]
    letters = {_input(letter): letter for letter in reversed(everything) if _chosen(letter, stage, error)}
    again = await _replayed(settings) if letters else set()
    done = {_input(letter) for letter in everything if place(letter) in again}
    fresh = [letter for source, letter in reversed(letters.items()) if source not in done]
    report = Replayed(done_before=len(letters) - len(fresh))
    if not fresh:
        return report
    async with producer(settings) as sender, RawTopic(settings) as raw:
        for letter in fresh:
            source = _input(letter)
            original = await raw.record(source)
            if original is None:
                report.left.append((place(letter), f"{source} is no longer on {raw.name}"))
                continue
            await _again(sender, original, replays=place(letter))
            report.sent += 1
    return report


async def old_input(settings: Settings, since: int, until: int | None = None) -> Replayed:
    """Send all raw records of a time again, in their order: the same keys, newer models.

    `since` and `until` are the broker's milliseconds; `until` is left out or the moment before which it ends.

    Raises:
        Stop: no broker, or a topic is missing.
    """
    report = Replayed()
    async with producer(settings) as sender:
        # read_all ends where the topic ended when it began: what is sent here is not read again.
        async for record in read_all(settings, [RAW]):
            if record.timestamp < since or (until is not None and record.timestamp >= until):
                continue
            if read(record.headers, REPLAYED):
                continue  # its first attempt is replayed, once
            await _again(sender, record, replays=place(record))
            report.sent += 1
    return report


class RawTopic:
    """Single records of `news.raw`, by the name that their outcomes carry."""

    def __init__(self, settings: Settings) -> None:
        self.name = RAW.full_name(settings)
        self._consumer = AIOKafkaConsumer(
            **connection(settings), enable_auto_commit=False, max_partition_fetch_bytes=MAX_DEAD_LETTER_BYTES
        )

    async def __aenter__(self) -> RawTopic:
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def record(self, source: str) -> ConsumerRecord | None:
        """None where retention has taken it, or where the name is none of this topic."""
        topic, _, rest = source.rpartition("/")[0].rpartition("/")
        if topic != self.name or not rest.isdecimal():
            return None
        partition, offset = TopicPartition(topic, int(rest)), int(source.rpartition("/")[2])
        self._consumer.assign([partition])
        starts = await self._consumer.beginning_offsets([partition])
        ends = await self._consumer.end_offsets([partition])
        if not starts[partition] <= offset < ends[partition]:
            return None
        self._consumer.seek(partition, offset)
        batches = await self._consumer.getmany(partition, timeout_ms=int(FETCH_SECONDS * 1000), max_records=1)
        found = next(iter(batches.get(partition, [])), None)
        if found is None:
            raise Stop(f"{source} cannot be read from the broker within {FETCH_SECONDS:g} s")
        return found if found.offset == offset else None


async def _replayed(settings: Settings) -> set[str]:
    """The dead letters and old inputs that have been sent again already."""
    records = read_all(settings, [RAW])
    return {name async for record in records if (name := read(record.headers, REPLAYED))}


async def _again(sender: AIOKafkaProducer, record: ConsumerRecord, *, replays: str) -> None:
    first = read(record.headers, REPLAY_OF) or place(record)
    kept = [(name, value) for name, value in record.headers if name not in OURS and not name.startswith(ERRORS)]
    headers = [*kept, (REPLAY_OF, first.encode()), (REPLAYED, replays.encode())]
    await sender.send_and_wait(
        record.topic, record.value, key=record.key, partition=record.partition, headers=headers
    )


def _input(letter: ConsumerRecord) -> str:
    return read(letter.headers, INPUT) or ""


def _chosen(letter: ConsumerRecord, stage: str | None, error: str | None) -> bool:
    if stage and (read(letter.headers, f"{ERRORS}stage") or "").lower() != stage.lower():
        return False
    return not error or re.search(error, read(letter.headers, f"{ERRORS}exception.message") or "") is not None
