"""Reading topics without a group: to their present end, or on and on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from pipeline.kafka.admin import require_topics
from pipeline.kafka.connection import connection
from pipeline.settings import Settings
from pipeline.topics import MAX_DEAD_LETTER_BYTES, Topic

# A state of gigabytes is read in thousands of fetches less.
STATE_FETCH_BYTES = 16 * 1024 * 1024


@asynccontextmanager
async def _consumer(
    settings: Settings, topics: Sequence[Topic], fetch_bytes: int = MAX_DEAD_LETTER_BYTES
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    counts = await require_topics(settings, topics)
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    client = AIOKafkaConsumer(
        **connection(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=fetch_bytes,
    )
    client.assign(partitions)
    try:
        await client.start()
        yield client, partitions
    finally:
        await client.stop()


async def read_all(settings: Settings, topics: Sequence[Topic]) -> AsyncGenerator[ConsumerRecord]:
    """Every record that is there now, in the order of each partition.

    Where a partition ends is taken from the first answer to a fetch: the embedded broker counts a batch as one
    record when it is asked for the end (11 after two batches of ten).

    Raises:
        Stop: the broker does not answer, or a topic is missing.
    """
    async with _consumer(settings, topics) as (client, partitions):
        ends: dict[TopicPartition, int] = {}
        waiting = set(partitions)
        while waiting:
            batches = await client.getmany(*waiting, timeout_ms=200)
            for partition in list(waiting):
                if (end := client.highwater(partition)) is not None:
                    ends.setdefault(partition, end)
                for record in batches.get(partition, ()):
                    if record.offset < ends[partition]:
                        yield record
                # The position, not the last record: compaction and deletion leave gaps at the end.
                if partition in ends and await client.position(partition) >= ends[partition]:
                    waiting.discard(partition)


async def read_from(settings: Settings, topic: Topic, offset: int) -> AsyncGenerator[list[ConsumerRecord]]:
    """What is there now of a topic of one partition, from this offset on or the first that is kept; in chunks.

    Raises:
        Stop: the broker does not answer, or the topic is missing.
    """
    async with _consumer(settings, [topic], STATE_FETCH_BYTES) as (client, (partition,)):
        client.seek(partition, offset)
        end: int | None = None
        while end is None or await client.position(partition) < end:
            records = (await client.getmany(partition, timeout_ms=200)).get(partition, [])
            end = client.highwater(partition) if end is None else end
            if end is not None and (kept := [record for record in records if record.offset < end]):
                yield kept


async def follow_from(
    settings: Settings, topic: Topic, offset: Callable[[], int]
) -> AsyncGenerator[list[ConsumerRecord]]:
    """Records of a topic of one partition as they come, in chunks, from this offset on; never ends by itself.

    What lies before `offset` by the time that it is read is left out.
    """
    async with _consumer(settings, [topic], STATE_FETCH_BYTES) as (client, (partition,)):
        client.seek(partition, offset())
        while True:
            records = (await client.getmany(partition, timeout_ms=1000)).get(partition, [])
            if fresh := [record for record in records if record.offset >= offset()]:
                yield fresh


async def read_one(settings: Settings, topic: Topic, offset: int) -> ConsumerRecord | None:
    """The record at this offset of a topic of one partition; None where it is no longer kept."""
    async with aclosing(read_from(settings, topic, offset)) as chunks:
        async for records in chunks:
            return records[0] if records[0].offset == offset else None
    return None


async def follow(
    settings: Settings, topics: Sequence[Topic], *, from_start: bool = False
) -> AsyncGenerator[ConsumerRecord]:
    """Records as they come, from now on or from the first that is kept; never ends by itself."""
    async with _consumer(settings, topics) as (client, partitions):
        if not from_start:
            await client.seek_to_end(*partitions)
            for partition in partitions:
                await client.position(partition)
        async for record in client:
            yield record


async def first_offset(settings: Settings, topic: Topic, partition: int, at: int) -> int | None:
    """The offset of the first record of a partition that is not before `at`; None where there is none yet.

    Raises:
        Stop: the broker does not answer, or the topic is missing.
    """
    place = TopicPartition(topic.full_name(settings), partition)
    async with _consumer(settings, [topic]) as (client, _):
        client.assign([place])
        starts = await client.beginning_offsets([place])
        client.seek(place, max(at, starts[place]))
        while not (records := (await client.getmany(place, timeout_ms=500, max_records=1)).get(place)):
            if await client.position(place) >= (await client.end_offsets([place]))[place]:
                return None
        return int(records[0].offset)
