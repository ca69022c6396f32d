"""The producer that all stages of a worker share, and feeds use too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.errors import Stop
from pipeline.kafka.connection import connection, unreachable
from pipeline.settings import Settings
from pipeline.topics import MAX_DEAD_LETTER_BYTES


@asynccontextmanager
async def producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """A started producer: a send counts only when every in-sync replica has it.

    Idempotence keeps the order of a partition when a request is retried.

    Raises:
        Stop: no broker answers in time.
    """
    client = AIOKafkaProducer(
        **connection(settings),
        acks="all",
        enable_idempotence=settings.kafka_enable_idempotence,
        request_timeout_ms=int(settings.kafka_request_timeout_seconds * 1000),
        max_request_size=MAX_DEAD_LETTER_BYTES,
        compression_type="gzip",
    )
    try:
        await asyncio.wait_for(client.start(), settings.kafka_connect_timeout_seconds)
    except (KafkaError, OSError, TimeoutError) as error:
        await client.stop()
        raise Stop(unreachable(settings, error)) from None
    try:
        yield client
    finally:
        await client.stop()
