"""The producer that all stages of a worker share, and feeds use too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, UnknownError

from pipeline.errors import Unreachable
from pipeline.kafka.connection import connection, unreachable
from pipeline.settings import Settings

# aiokafka weighs records before they are compressed, brokers after: 6 MB of JSON may well lie on a topic that
# takes 4 MiB, and must get from there to the dead-letter topic.
MAX_REQUEST_BYTES = 64 * 1024 * 1024


@asynccontextmanager
async def producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """A started producer: a send counts only when every in-sync replica has it.

    Raises:
        Stop: no broker answers in time.
    """
    try:
        async with asyncio.timeout(settings.kafka_connect_timeout_seconds):
            client = await _started(settings)
    except (KafkaError, OSError, TimeoutError) as error:
        raise Unreachable(unreachable(settings, error)) from None
    try:
        yield client
    finally:
        await client.stop()


@contextmanager
def _quiet(probing: bool) -> Iterator[None]:
    """aiokafka logs an error where a broker lacks idempotence, which is no error here."""
    log = logging.getLogger("aiokafka.producer.sender")
    before = log.disabled
    log.disabled = before or probing
    try:
        yield
    finally:
        log.disabled = before


async def _started(settings: Settings) -> AIOKafkaProducer:
    """Idempotent where the broker can: a retried request then cannot write twice.

    The embedded broker cannot. Order does not hang on it: no key is ever in flight twice.
    """
    for idempotent in (True, False):
        client = AIOKafkaProducer(
            **connection(settings),
            acks="all",
            enable_idempotence=idempotent,
            request_timeout_ms=int(settings.kafka_request_timeout_seconds * 1000),
            max_request_size=MAX_REQUEST_BYTES,
            compression_type="gzip",
        )
        try:
            with _quiet(idempotent):
                await client.start()
            return client
        except BaseException as error:
            await client.stop()
            if not (idempotent and isinstance(error, UnknownError)):
                raise
    raise AssertionError("unreachable")
