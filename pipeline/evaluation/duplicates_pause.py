"""How long the articles stand still when the owner of the duplicates is killed, with a standby and without."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import numpy as np
from aiokafka import AIOKafkaProducer

from pipeline.duplicates.fingerprints import Signature
from pipeline.duplicates.verdicts import Verdict, encoded
from pipeline.engines import EngineName, engine
from pipeline.engines.base import HOST, free_ports
from pipeline.errors import Stop
from pipeline.kafka.admin import create_topics
from pipeline.kafka.connection import connection
from pipeline.kafka.reading import follow
from pipeline.records import Article, Language, Version, encode
from pipeline.settings import PREFIX, Settings, load
from pipeline.streams import headers
from pipeline.topics import ARABIC, DUPLICATES, RAW, UNIQUE, VERDICTS

# The mean of 20,329 articles of 14 newspapers.
SHINGLES = 288
PATIENCE_SECONDS = 1200.0
_AT_ONCE = 2000


def pauses(size: int, name: EngineName) -> dict[str, Any]:
    """Seconds from SIGKILL to the next answer, with so many synthetic articles in the window.

    `with_standby`: another worker runs, and takes over once the group has missed the owner for the session
    timeout. `without`: one is started at the moment of the kill, and reads the state first; `restore` is the time
    that the first worker took for that from its start. `resident` is a worker's memory in bytes.
    """
    with engine(name) as broker:
        settings = load().model_copy(
            update={
                "kafka_bootstrap_servers": broker.bootstrap_servers,
                "kafka_security_protocol": "PLAINTEXT",
                "kafka_sasl_mechanism": None,
                "topic_prefix": "",
                "replication": 1,
                "partitions": 1,
                "duplicates_limit": max(size + 1000, 1000),
            }
        )
        return asyncio.run(_measure(settings, size))


async def _measure(settings: Settings, size: int) -> dict[str, Any]:
    await create_topics(settings)
    await _fill(settings, size)
    workers = [_start(settings)]
    try:
        began = time.monotonic()
        await _probe(settings, 0)
        found: dict[str, Any] = {"articles": size, "restore": time.monotonic() - began}
        found["resident"] = _resident(workers[0])
        workers.append(_start(settings))
        await _caught_up(workers[1], found["restore"])
        # The group may have given the partition to the one that came.
        owner, standby = workers if await _judged(settings, workers, 1) == 0 else reversed(workers)
        owner.process.kill()
        found["with_standby"] = await _timed(settings, 2)
        standby.process.kill()
        workers.append(_start(settings))
        found["without_standby"] = await _timed(settings, 3)
        found["session_timeout"] = settings.kafka_session_timeout_seconds
        return found
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.wait()


async def _fill(settings: Settings, size: int) -> None:
    """Verdicts of articles that resemble nothing, written as they are; compression would find nothing either."""
    dice, now = np.random.default_rng(1), int(time.time() * 1000)
    topic = VERDICTS.full_name(settings)
    async with AIOKafkaProducer(**connection(settings), max_batch_size=1 << 20, linger_ms=20) as sender:
        for start in range(0, size, _AT_ONCE):
            count = min(_AT_ONCE, size - start)
            hashes = np.sort(dice.integers(0, 1 << 32, (count, SHINGLES), np.uint32), axis=1)
            sends = [
                await sender.send(topic, encoded(_verdict(start + n, hashes[n].tobytes(), now)), key=b"synthetic")
                for n in range(count)
            ]
            await asyncio.gather(*sends)


def _verdict(number: int, hashes: bytes, now: int) -> Verdict:
    uri = f"urn:khabar:synthetic:{number}"
    signature = Signature(fingerprint=number << 20, words=SHINGLES + 2, shingles=SHINGLES, hashes=hashes)
    return Verdict(
        number=number, input=f"{RAW.name}/0/{number}", received=now, offset=number, position=number, uri=uri,
        version=Version(), kind="unique", cluster=f"{number:016x}", signature=signature, outlet="synthetic",
    )  # fmt: skip


async def _probe(settings: Settings, number: int) -> None:
    """Send one article, and wait for its answer."""
    uri = f"urn:khabar:probe:{number}"
    text = " ".join(f"كلمة{number}{place}" for place in range(40))
    article = Article(uri=uri, version=Version(), text=text, item={}, language=Language(code="ar", confidence=1.0))
    carried = headers.outgoing(f"probe/0/{number}", int(time.time() * 1000), None)
    async with AIOKafkaProducer(**connection(settings)) as sender:
        await sender.send_and_wait(ARABIC.full_name(settings), encode(article), key=uri.encode(), headers=carried)
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        aclosing(follow(settings, [UNIQUE, DUPLICATES], from_start=True)) as found,
    ):
        async for record in found:
            if record.key == uri.encode():
                return
    raise Stop(f"no answer to the probe within {PATIENCE_SECONDS:g} s")


async def _judged(settings: Settings, workers: Sequence[_Worker], number: int) -> int:
    """Send an article; returns which worker has answered it, by what its metrics count."""
    before = [await asyncio.to_thread(worker.answers) for worker in workers]
    await _probe(settings, number)
    for _ in range(100):  # it is counted once it is committed
        after = [await asyncio.to_thread(worker.answers) for worker in workers]
        if after != before:
            return next(place for place in range(len(workers)) if after[place] != before[place])
        await asyncio.sleep(0.1)
    raise Stop("no worker says that it has judged the probe")


async def _timed(settings: Settings, number: int) -> float:
    began = time.monotonic()
    await _probe(settings, number)
    return time.monotonic() - began


@dataclass(frozen=True, slots=True)
class _Worker:
    """A worker's process, and the port of its metrics."""

    process: subprocess.Popen[bytes]
    port: int

    def answers(self) -> float:
        """How many inputs it has answered since it started."""
        with urllib.request.urlopen(f"http://{HOST}:{self.port}/metrics", timeout=10) as reply:
            lines = reply.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("khabar_outcomes_total{"))


def _start(settings: Settings) -> _Worker:
    port, _ = free_ports()
    settings = settings.model_copy(update={"health_port": port})
    changed = settings.model_dump(exclude_defaults=True)
    variables = {PREFIX + name.upper(): str(value) for name, value in changed.items() if value is not None}
    command = [sys.executable, "-m", "pipeline.cli.main", "worker", "--stages", "duplicates"]
    # What it logs on its way down is why it ended: to be seen.
    variables["KHABAR_LOG_LEVEL"] = "error"
    process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL)
    return _Worker(process, port)


async def _caught_up(worker: _Worker, restore: float) -> None:
    """Give a standby the time that the owner took, and a half more: it has the same to read, before it joins."""
    await asyncio.sleep(1.5 * restore + 5)
    if worker.process.poll() is not None:
        raise Stop("the standby has ended")


def _resident(worker: _Worker) -> int | None:
    """Bytes of memory, where the system says."""
    try:
        with open(f"/proc/{worker.process.pid}/status", encoding="ascii") as status:  # noqa: PTH123 - a file of the kernel
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))
    except OSError:
        return None
