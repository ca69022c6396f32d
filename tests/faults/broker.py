"""Apache Kafka as the faults need it: with a second door that leads through a proxy, and a way to freeze it."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from pipeline.engines.apache import Apache
from pipeline.engines.base import HOST, free_ports
from tests.faults.proxy import Proxy

if TYPE_CHECKING:
    from pipeline.engines.guarded import Guarded


class Broker(Apache):
    """One broker; who enters by `proxied` is told to come through the proxy again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._inner, self._outer = free_ports()

    def _prepare(self, guarded: Guarded, ports: tuple[int, int]) -> tuple[str, list[str]]:
        prepared = super()._prepare(guarded, ports)
        usual = f"PLAINTEXT://{HOST}:{ports[0]}"
        with (guarded.folder / "server.properties").open("a", encoding="utf-8") as properties:
            properties.write(
                f"\nlisteners={usual},PROXIED://{HOST}:{self._inner},CONTROLLER://{HOST}:{ports[1]}"
                f"\nadvertised.listeners={usual},PROXIED://{HOST}:{self._outer}"
                "\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT"
                "\n"
            )
        return prepared

    @property
    def proxied(self) -> str:
        return f"{HOST}:{self._outer}"

    @asynccontextmanager
    async def proxy(self) -> AsyncIterator[Proxy]:
        proxy = Proxy(HOST, self._inner)
        await proxy.start(HOST, self._outer)
        try:
            yield proxy
        finally:
            await proxy.close()

    def freeze(self) -> None:
        assert self.pid
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.pid
        os.kill(self.pid, signal.SIGCONT)


async def configure(client: AIOKafkaAdminClient, topic: str, values: dict[str, str]) -> None:
    """Give a topic these settings and no other."""
    await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=values)])
