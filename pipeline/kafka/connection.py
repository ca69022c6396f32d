"""How to reach the brokers, and what to say when they cannot be reached."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from pipeline.errors import Stop, Unreachable
from pipeline.settings import Settings


def connection(settings: Settings) -> dict[str, Any]:
    """The arguments that every aiokafka client takes."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.endswith("SSL"):
        arguments["ssl_context"] = tls(settings)
    if settings.kafka_sasl_mechanism and settings.kafka_sasl_password:
        arguments["sasl_mechanism"] = settings.kafka_sasl_mechanism
        arguments["sasl_plain_username"] = settings.kafka_sasl_username
        arguments["sasl_plain_password"] = settings.kafka_sasl_password.get_secret_value()
    return arguments


def tls(settings: Settings) -> ssl.SSLContext:
    """TLS by the CA that is set, or the system's.

    Raises:
        Stop: the CA's file cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=settings.kafka_ssl_ca_location)
    except OSError as error:
        raise Stop(f"KHABAR_KAFKA_SSL_CA_LOCATION={settings.kafka_ssl_ca_location}: {error}") from None


async def admin(settings: Settings) -> AIOKafkaAdminClient:
    """A connected admin client; the caller closes it.

    Raises:
        Stop: no broker answers in time.
    """
    client = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=10_000)
    try:
        await asyncio.wait_for(client.start(), settings.kafka_connect_timeout_seconds)
    except (KafkaError, OSError, TimeoutError) as error:
        await client.close()
        raise Unreachable(unreachable(settings, error)) from None
    return client


def unreachable(settings: Settings, error: BaseException) -> str:
    """The message for a broker that does not answer."""
    cause = str(error) or f"no answer within {settings.kafka_connect_timeout_seconds:g} s"
    return (
        f"no Kafka broker at {settings.kafka_bootstrap_servers} ({cause}). "
        "Start one (`make kafka`, or `khabar broker` for the embedded one) "
        "or set KHABAR_KAFKA_BOOTSTRAP_SERVERS to where it is"
    )
