"""From outcomes to records on topics: what is sent, in which order, and what happens when a send fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    UnknownTopicOrPartitionError,
)

from pipeline import metrics
from pipeline.errors import Reject, Stop, Unreachable
from pipeline.kafka.admin import require_topics
from pipeline.outcomes import Divert, Forward, Outcome, Promoted, Rejected, Settled, Tombstone
from pipeline.records import Record, encode
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.streams.arrivals import Delivered
from pipeline.streams.headers import INPUT, VALUE_OMITTED, read
from pipeline.topics import ARABIC, DEAD_LETTER, Topic

log = structlog.get_logger()

# The first retry comes at once for a broker that has just elected a leader; later ones leave it alone for a while.
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0

#: What became of a tombstone, in its outcome header.
TAKEN_BACK = {"kill": "killed", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Emission:
    """One record to be sent."""

    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Delivery:
    """Turns the outcomes of one stage into records, and sends them."""

    def __init__(self, stage: Stage, settings: Settings, producer: AIOKafkaProducer) -> None:
        self._stage = stage
        self._settings = settings
        self._producer = producer

    def emissions(self, delivered: Delivered, outcome: Outcome) -> Iterator[Emission]:
        """What an outcome sends: one record, and for what is taken back, one more.

        A record that cannot be written (too large, or nested too deep for JSON) makes its input a dead letter.
        """
        try:
            yield from list(self._plain(delivered, outcome))
        except Reject as error:
            yield from self._plain(delivered, Rejected(error, self._stage.withdrawal(delivered.arrival)))

    def _plain(self, delivered: Delivered, outcome: Outcome) -> Iterator[Emission]:
        arrival = delivered.arrival
        match outcome:
            case Forward(uri, record):
                target = self._stage.target
                yield Emission(target, uri.encode(), _bytes(record, target), delivered.outgoing(target.outcome))
            case Divert(topic, uri, record, notice):
                yield Emission(topic, uri.encode(), _bytes(record, topic), delivered.outgoing(topic.outcome))
                if notice:
                    yield from self._plain(delivered, self._stage.pass_on(notice))
            case Tombstone(uri, kind):
                yield Emission(self._stage.target, uri.encode(), None, delivered.outgoing(TAKEN_BACK[kind]))
            case Rejected(error, notice):
                log.info("dead letter", stage=self._stage.name, error=str(error), **delivered.whereabouts)
                metrics.DEAD_LETTERS.labels(self._stage.name, type(error).__name__).inc()
                named = delivered.outgoing(DEAD_LETTER.outcome)
                named += delivered.error_headers(error, self._stage.name)
                yield Emission(DEAD_LETTER, arrival.key, arrival.value, [*delivered.headers, *named])
                if notice:
                    yield from self._plain(delivered, self._stage.pass_on(notice))
                if lost := self._stage.lost(arrival):
                    yield Emission(ARABIC, lost.uri.encode(), _bytes(lost, ARABIC), delivered.outgoing(None))
            case Promoted(first):
                yield from self._plain(delivered, first)
            case Settled():
                pass

    async def send(self, emissions: Iterable[Emission], still_ours: Callable[[], Awaitable[bool]]) -> bool:
        """Send all, in order for each key, and wait until the brokers have them.

        Returns False, with some perhaps sent, where the partitions went to another worker meanwhile: that one
        will send them again.

        Raises:
            Stop: the broker refuses for a reason that does not pass, or a topic is gone.
        """
        for wave in waves(emissions):
            remaining, pause = wave, FIRST_PAUSE_SECONDS
            while remaining:
                if not await still_ours():
                    return False
                remaining = await self._attempt(remaining)
                if remaining:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        return True

    async def _attempt(self, emissions: list[Emission]) -> list[Emission]:
        """Send once; returns those that may be sent again."""
        sends = (self._acknowledged(emission) for emission in emissions)
        results = await asyncio.gather(*sends, return_exceptions=True)
        failed, doubtful = [], set()
        for emission, result in zip(emissions, results, strict=True):
            if result is None:
                continue
            topic = emission.topic.full_name(self._settings)
            if isinstance(result, MessageSizeTooLargeError) and emission.topic is DEAD_LETTER and emission.value:
                log.error("dead letter without its value", topic=topic, bytes=len(emission.value))
                failed.append(_without_value(emission))
            elif passes(result):
                failed.append(emission)
                if isinstance(result, KafkaTimeoutError | UnknownTopicOrPartitionError):
                    doubtful.add(emission.topic)
            elif isinstance(result, KafkaError):
                raise Stop(f"topic {topic} takes no records: {result}. Nothing is lost: no offset is committed")
            else:
                raise result
        if failed:
            errors = {str(result) or type(result).__name__ for result in results if result is not None}
            metrics.RETRIES.labels(self._stage.name, "send").inc(len(failed))
            first = failed[0]
            log.warning(
                "sending again", stage=self._stage.name, records=len(failed), errors=sorted(errors),
                topic=first.topic.full_name(self._settings), uri=(first.key or b"").decode(errors="replace"),
                input=read(first.headers, INPUT),
            )  # fmt: skip
        if doubtful:
            await self._look_for(doubtful)
        return failed

    async def _look_for(self, topics: Iterable[Topic]) -> None:
        """A topic that was deleted looks like a broker that is away, and waiting for it would be for ever.

        Raises:
            Stop: the broker answers, and has no such topic.
        """
        try:
            await require_topics(self._settings, topics)
        except Unreachable as error:
            log.warning("broker away", stage=self._stage.name, error=str(error))
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("broker does not answer", stage=self._stage.name, error=repr(error))

    async def _acknowledged(self, emission: Emission) -> None:
        topic = emission.topic.full_name(self._settings)
        await self._producer.send_and_wait(topic, emission.value, key=emission.key, headers=emission.headers)


def passes(error: BaseException) -> bool:
    """Will the same send work later? aiokafka says no of a timeout, though a broker away looks like that."""
    if isinstance(error, KafkaError):
        return bool(error.retriable) or isinstance(error, KafkaTimeoutError)
    return isinstance(error, TimeoutError | ConnectionError)


def waves(emissions: Iterable[Emission]) -> list[list[Emission]]:
    """Cut where a key comes again on its topic.

    What is in one wave may be sent at once and a part of it once more; a later version of a uri waits until the
    earlier one has been acknowledged, so that a retry cannot put them in the wrong order.
    """
    cut: list[list[Emission]] = []
    seen: set[tuple[str, bytes | None]] = set()
    for emission in emissions:
        place = (emission.topic.name, emission.key)
        if not cut or place in seen:
            cut.append([])
            seen.clear()
        seen.add(place)
        cut[-1].append(emission)
    return cut


def _without_value(emission: Emission) -> Emission:
    """What is said of input that no topic holds: where it stands, and how large it is."""
    size = str(len(emission.value or b"")).encode()
    return replace(emission, value=None, headers=[*emission.headers, (VALUE_OMITTED, size)])


def _bytes(record: Record, topic: Topic) -> bytes:
    value = encode(record)
    # Kafka counts the key, the headers and its own framing too.
    if len(value) > topic.max_bytes - 64 * 1024:
        raise Reject(f"record of {len(value):,} bytes is too large for {topic.name}")
    return value
