"""Engines: both brokers carry records, and nothing of them is ever left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pipeline.engines import background, base, engine
from pipeline.engines.apache import Apache
from pipeline.engines.embedded import Embedded
from pipeline.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.engines import Engine, EngineName

GONE_S = 15.0  # what a guard may take: it looks for its parent, then gives the broker its grace

# A command that runs an engine, says which process that is, and waits; `fork` leaves a child that holds
# every pipe open, `thread` starts the engine in a thread that ends.
COMMAND = """
import os, sys, threading, time
from pipeline.engines import engine
broker = engine(sys.argv[1])
if sys.argv[2] == "thread":
    starting = threading.Thread(target=broker.start)
    starting.start()
    starting.join()
with broker:
    if sys.argv[2] == "fork" and os.fork() == 0:
        time.sleep(20)
        os._exit(0)
    time.sleep(0.5 if sys.argv[2] == "thread" else 0)
    print(broker.pid, flush=True)
    if sys.argv[2] == "error":
        raise RuntimeError("on purpose")
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the engines of this test, in this process and in its children, make their temporary folders."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server((base.HOST, 0)) as server:
        yield server.getsockname()[1]


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + GONE_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def run_command(name: EngineName, way: str = "plain") -> tuple[subprocess.Popen[str], int]:
    """The command above, once its broker is ready, and the broker's process id."""
    process = subprocess.Popen([sys.executable, "-c", COMMAND, name, way], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


async def create(address: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()


async def produce(address: str, topic: str, *values: bytes | None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=address) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"key", headers=[("khabar-input", b"a/0/1")])


async def consume(address: str, topic: str) -> list[bytes | None]:
    """All values on partition 0, as far as it goes now."""
    partition = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        end = (await consumer.end_offsets([partition]))[partition]
        values: list[bytes | None] = []
        while await consumer.position(partition) < end:
            record = await consumer.getone()
            assert record.key == b"key"
            assert record.headers == (("khabar-input", b"a/0/1"),)
            values.append(record.value)
        return values


async def test_records_keep_value_key_and_headers(engine: Engine, prefix: str) -> None:
    values = ["وكالة الأنباء".encode(), b"", None, b"\xff\x00"]
    await create(engine.bootstrap_servers, f"{prefix}topic")
    await produce(engine.bootstrap_servers, f"{prefix}topic", *values)
    assert await consume(engine.bootstrap_servers, f"{prefix}topic") == values


async def test_an_engine_starts_inside_an_event_loop(folder: Path) -> None:
    with Embedded() as broker:
        await create(broker.bootstrap_servers, "topic")


def test_stop_leaves_neither_process_nor_file(engine_name: EngineName, folder: Path) -> None:
    with engine(engine_name) as broker:
        pid = broker.pid
        assert pid is not None
        assert not is_gone(pid)
        assert list(folder.iterdir())
    assert is_gone(pid)
    assert list(folder.iterdir()) == []
    assert not broker.alive()


@pytest.mark.parametrize("way", ["plain", "fork"])
def test_sigkill_of_the_command_leaves_nothing(engine_name: EngineName, way: str, folder: Path) -> None:
    process, broker = run_command(engine_name, way)
    process.kill()
    process.wait()
    assert wait_for(lambda: is_gone(broker))
    assert wait_for(lambda: list(folder.iterdir()) == [])


def test_ctrl_c_leaves_nothing(engine_name: EngineName, folder: Path) -> None:
    process, broker = run_command(engine_name)
    process.send_signal(signal.SIGINT)
    process.wait(GONE_S)
    assert is_gone(broker)
    assert list(folder.iterdir()) == []


def test_an_exception_leaves_nothing(folder: Path) -> None:
    process, broker = run_command("embedded", "error")
    assert process.wait(GONE_S) == 1
    assert is_gone(broker)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_sigkill_of_the_guard_ends_the_broker(folder: Path) -> None:
    with Embedded() as broker:
        assert broker.pid is not None
        pid = broker.pid
        guard = int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)]))
        os.kill(guard, signal.SIGKILL)
        assert wait_for(lambda: is_gone(pid))
        assert not broker.alive()
    assert list(folder.iterdir()) == []


def test_the_broker_outlives_the_thread_that_started_it(folder: Path) -> None:
    process, broker = run_command("embedded", "thread")
    assert not is_gone(broker)
    process.terminate()
    process.wait()
    assert wait_for(lambda: is_gone(broker))


def test_a_port_that_somebody_took_first_is_left_to_them(
    engine_name: EngineName, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = [(taken, base.free_ports()[1]), base.free_ports()]
    monkeypatch.setattr(base, "free_ports", lambda _first: offers.pop(0))
    with engine(engine_name) as broker:
        assert offers == []
        assert broker.bootstrap_servers != f"{base.HOST}:{taken}"


def test_a_port_that_was_asked_for_and_is_in_use_is_an_error(taken: int, folder: Path) -> None:
    with pytest.raises(Stop, match=f"Port {taken} is in use"):
        Embedded(port=taken).start()
    assert list(folder.iterdir()) == []


async def test_the_embedded_engine_forgets_when_killed() -> None:
    with Embedded() as broker:
        address = broker.bootstrap_servers
        await create(address, "topic")
        await produce(address, "topic", b"1")
        broker.kill()
        assert not broker.alive()
        broker.start()
        assert broker.bootstrap_servers == address
        await create(address, "topic")
        assert await consume(address, "topic") == []


@pytest.mark.usefixtures("kafka_here")
async def test_kafka_keeps_its_records_when_killed() -> None:
    with Apache() as broker:
        address = broker.bootstrap_servers
        await create(address, "topic")
        await produce(address, "topic", b"1", b"2")
        broker.kill()
        assert not broker.alive()
        broker.start()
        assert broker.bootstrap_servers == address
        await produce(address, "topic", b"3")
        assert await consume(address, "topic") == [b"1", b"2", b"3"]


@pytest.mark.usefixtures("kafka_here")
async def test_the_next_engine_on_the_same_data_has_the_records(tmp_path: Path) -> None:
    with Apache(data=tmp_path / "data") as broker:
        await create(broker.bootstrap_servers, "topic")
        await produce(broker.bootstrap_servers, "topic", b"1")
    with Apache(data=tmp_path / "data") as broker:
        assert await consume(broker.bootstrap_servers, "topic") == [b"1"]


@pytest.mark.usefixtures("kafka_here")
async def test_kafka_in_the_background(tmp_path: Path) -> None:
    port, other = base.free_ports()
    try:
        address = background.start(port, tmp_path)
        assert address == f"{base.HOST}:{port}"
        await create(address, "topic")
        assert background.start(port, tmp_path) == address
        with pytest.raises(Stop, match=f"runs already, on {address}"):
            background.start(other, tmp_path)
    finally:
        assert background.stop(tmp_path)
    assert not background.stop(tmp_path)
    with socket.socket() as client:
        assert client.connect_ex((base.HOST, port)) != 0


@pytest.mark.usefixtures("kafka_here")
def test_why_kafka_did_not_start_in_the_background(taken: int, tmp_path: Path) -> None:
    with pytest.raises(Stop, match=f"Port {taken} is in use"):
        background.start(taken, tmp_path)
    assert not background.stop(tmp_path)
