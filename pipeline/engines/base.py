"""What every broker here can do: start on a free port, say when it is ready, and never be left behind."""

from __future__ import annotations

import asyncio
import atexit
import logging
import re
import socket
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar, Self

from pipeline.engines.guarded import Guarded
from pipeline.errors import Stop

if TYPE_CHECKING:
    from types import TracebackType

HOST = "127.0.0.1"
START_S = 60.0  # Tansu needs 0.1 s, Kafka 3 s; a busy machine many times that
PROBE_S = 2.0
POLL_S = 0.05
PORT_ATTEMPTS = 5
PORT_TAKEN = re.compile(r"AddrInUse|Address (already )?in use")

log = logging.getLogger(__name__)


class Engine(ABC):
    """A Kafka broker of one's own, on this machine, for as long as it is needed.

        with Embedded() as engine:
            producer = AIOKafkaProducer(bootstrap_servers=engine.bootstrap_servers)

    - After `start` the broker has answered a real Kafka request; `bootstrap_servers` is its address.
    - After `stop`, and after the end of this process however it comes (return, exception, Ctrl-C, crash,
      SIGKILL), neither its processes nor its temporary files are left.
    - On port 0 it takes a free one, and another if somebody was quicker; it keeps that until `stop`.
    - `kill` is a crash: SIGKILL. `start` then brings it back on the same port and the same data, as far
      as that kind of engine keeps any.
    - Calls block, for seconds: in a coroutine use `asyncio.to_thread`. An engine is not for two threads.
    - Linux and macOS; on macOS a broker can be left behind if its guard process, too, is killed.

    Errors are `Stop`, with the tail of the broker's log: a missing program, a port that is in use, a
    broker that ends or does not answer within a minute.
    """

    name: ClassVar[str]

    def __init__(self, *, port: int = 0) -> None:
        self._port = port
        self._ports: tuple[int, int] | None = None
        self._cluster = ""
        self._command: list[str] = []
        self._guarded: Guarded | None = None

    @abstractmethod
    def _prepare(self, guarded: Guarded, ports: tuple[int, int]) -> tuple[str, list[str]]:
        """Make ready to run on `ports` (the clients' and a spare one) in the guarded folder.

        Returns the cluster's id, by which the right broker is recognised, and the command that runs it.
        """

    @property
    def bootstrap_servers(self) -> str:
        """`host:port`, for clients. Only once started."""
        if self._ports is None:
            raise RuntimeError(f"the engine {self.name!r} has not been started")
        return f"{HOST}:{self._ports[0]}"

    @property
    def pid(self) -> int | None:
        """The broker's process id, None while there is none."""
        return self._guarded.pid if self._guarded and self.alive() else None

    def alive(self) -> bool:
        """Whether the broker's process runs."""
        return self._guarded is not None and self._guarded.status() is None

    def start(self) -> None:
        """Start the broker and wait until it answers; nothing happens if it runs already."""
        if self.alive():
            return
        started = time.monotonic()
        try:
            if self._guarded is None:
                self._begin()
            else:
                self._guarded.run(self._command)
                if not self._ready():
                    raise Stop(self._failure("ended at its restart"))
        except BaseException:  # Ctrl-C, too: `with` does not call __exit__ when __enter__ fails
            self.stop()
            raise
        log.info("%s listens on %s after %.1f s", self.name, self.bootstrap_servers, time.monotonic() - started)

    def stop(self) -> None:
        """End the broker and remove its temporary files; nothing happens if there is nothing to end."""
        if self._guarded is not None:
            self._guarded.close()
            self._guarded = None
        self._ports = None
        atexit.unregister(self.stop)

    def kill(self) -> None:
        """SIGKILL the broker, as a crash is. `start` brings it back, `stop` tidies up."""
        if self._guarded is not None:
            self._guarded.kill()

    def tail(self) -> str:
        """The last lines of the broker's log."""
        return self._guarded.tail() if self._guarded else ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _begin(self) -> None:
        """The first start, with new ports as long as somebody else is quicker to take them."""
        atexit.register(self.stop)
        for _ in range(PORT_ATTEMPTS):
            self._ports = free_ports(self._port)
            self._guarded = Guarded()
            self._cluster, self._command = self._prepare(self._guarded, self._ports)
            self._guarded.run(self._command)
            if self._ready():
                return
            if self._port or not PORT_TAKEN.search(self._guarded.tail()):
                raise Stop(self._failure("ended before it was ready"))
            self._guarded.close()
        raise Stop(f"{self.name}: {PORT_ATTEMPTS} free ports were taken by others before it could listen.")

    def _ready(self) -> bool:
        """Wait until our broker answers (true) or has ended (false)."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if not self.alive():
                return False
            if _listens(self.bootstrap_servers) and _cluster_at(self.bootstrap_servers) == self._cluster:
                return True
            time.sleep(POLL_S)
        raise Stop(self._failure(f"did not answer on {self.bootstrap_servers} within {START_S:.0f} s"))

    def _failure(self, what: str) -> str:
        return f"The {self.name} broker {what}. The end of its log:\n{self.tail()}"


def free_ports(first: int = 0) -> tuple[int, int]:
    """Two different ports that were free a moment ago; the first is `first` unless that is 0.

    Raises:
        Stop: `first` is in use.
    """
    with socket.socket() as one, socket.socket() as other:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection that lingers is no listener
        try:
            one.bind((HOST, first))
        except OSError:
            raise Stop(f"Port {first} is in use: choose another, or end what listens there.") from None
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def _listens(address: str) -> bool:
    host, port = address.split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=PROBE_S):
            return True
    except OSError:
        return False


def _cluster_at(address: str) -> str | None:
    """The id of the cluster that answers at `address`, None while it has no controller or no answer.

    In a thread, because the caller may be inside an event loop.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _describe(address)).result()


async def _describe(address: str) -> str | None:
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    client = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=int(PROBE_S * 1000))
    try:
        await client.start()
        cluster = await client.describe_cluster()
    except KafkaError:
        return None
    finally:
        await client.close()
    return cluster["cluster_id"] if cluster["brokers"] and cluster["controller_id"] >= 0 else None


__all__ = ["HOST", "Engine", "free_ports"]
