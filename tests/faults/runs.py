"""Faults of time, space and history: disks, clocks, retention, pressure, replays, upgrades."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import RecordsToDelete
from aiokafka.structs import TopicPartition

from pipeline.assembly import stages
from pipeline.feeds import FeedItem
from pipeline.kafka.connection import admin, connection
from pipeline.kafka.producer import producer
from pipeline.kafka.reading import read_all
from pipeline.settings import PREFIX
from pipeline.streams.apps import group
from pipeline.topics import DEAD_LETTER, ENRICHED, RAW, UNIQUE
from tests.faults import child
from tests.faults.broker import Broker
from tests.faults.ledger import Seen
from tests.faults.table import RATE, Row, fault, row, settled
from tests.faults.trial import PATIENCE, RESIDENT_BOUND, Trial, trial
from tests.faults.watcher import everything
from tests.faults.wire import article, story, wire
from tests.faults.workers import answer, free_port

PRESSURE_SECONDS = float(os.environ.get("FAULTS_PRESSURE_SECONDS", "60"))


def khabar(of: Trial, *arguments: str) -> dict[str, object]:
    """Run a command on the trial's topics; its JSON."""
    values = of.direct.model_dump(exclude_defaults=True)
    environment = {**os.environ, **{PREFIX + name.upper(): str(value) for name, value in values.items()}}
    command = [sys.executable, "-m", "pipeline.cli.main", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answered: dict[str, object] = orjson.loads(done.stdout)
    return answered


@fault("dead letters replayed after a fix, twice", quick=True)
async def replayed(broker: Broker, seed: int) -> Row:
    async with trial(broker.bootstrap_servers, seed=seed, plugin="fragile") as of:
        poison = [article(f"poison-{stage}", story(stage), 1) for stage in ("language", "tagging", "claims")]
        await of.warm_by(
            [*poison, article("overtaken", story(child.RAISES), 1), article("good", story("good"), 1)]
        )
        letters = [record async for record in read_all(of.direct, [DEAD_LETTER])]
        assert len(letters) == len(poison) + 1
        await of.feed([article("overtaken", story(2), 2)])
        await of.drained(30)
        await of.crew.end()
        of.crew.workers.clear()
        of.crew.settings = of.settings.model_copy(update={"failpoints": "tests.faults.plugins:quick"})
        of.crew.hire(2)
        first, second = (
            await asyncio.to_thread(khabar, of, "replay"),
            await asyncio.to_thread(khabar, of, "replay"),
        )
        assert first == {"sent": len(letters), "done_before": 0, "left": []}
        assert second == {"sent": 0, "done_before": len(letters), "left": []}
        of.struck()
        found = await settled(of, "each once")
        fed, seen = await everything(of.direct)
        attempts = {each.input: each for each in fed if each.replays}
        assert len(attempts) == len(letters)
        after = {attempts[s.input].key: (s.outcome, s.replays) for s in seen if s.outcome and s.input in attempts}
        firsts = {each.key: each.input for each in reversed(fed) if not each.replays}
        assert after[b"poison-claims"] == ("enriched", firsts[b"poison-claims"])
        assert after[b"overtaken"] == ("superseded", min(e.input for e in fed if e.key == b"overtaken"))
        return found


@fault("old input through a newer model")
async def newer_model(broker: Broker, seed: int) -> Row:
    async with trial(broker.bootstrap_servers, seed=seed, variables={"FAULTS_MODEL": "quick-1"}) as of:
        news = wire(seed, of.direct.partitions)
        await of.warm_by([next(news) for _ in range(150)])
        before = _final((await everything(of.direct))[1])
        await of.crew.end()
        of.crew.workers.clear()
        of.crew.variables["FAULTS_MODEL"] = "quick-2"
        of.crew.hire(2)
        of.struck()
        sent = await asyncio.to_thread(khabar, of, "replay", "--from", "2001-01-01")
        assert sent["sent"] == 150
        found = await settled(of)
        after = _final((await everything(of.direct))[1])
        assert set(before) == set(after)
        models = {orjson.loads(value)["models"]["entities"] for value in after.values()}
        assert models == {"quick-2"}, models
        return found


def _final(seen: list[Seen]) -> dict[bytes | None, bytes]:
    """What a consumer that upserts by key has in the end."""
    last: dict[bytes | None, bytes | None] = {}
    for record in seen:
        if record.topic == ENRICHED.name:
            last[record.key] = record.value
    return {key: value for key, value in last.items() if value is not None}


@fault("the same input again from offset 0, under another prefix")
async def from_the_start(broker: Broker, seed: int) -> Row:
    """A fresh group, fresh state, other batches, and one worker more: the same bytes come out."""
    said = []
    for workers, batch in ((2, 32), (3, 7)):
        async with trial(
            broker.bootstrap_servers, seed=seed, workers=0, batch_articles=batch, retention_hours=100
        ) as of:
            news = wire(seed, of.direct.partitions)
            await of.feed([next(news) for _ in range(400)])
            of.crew.hire(workers)
            of.struck()
            found = await settled(of, "byte-identical")
            seen = (await everything(of.direct))[1]
            said.append({(s.topic, s.input, s.outcome): (s.key, s.value) for s in seen if s.outcome})
    assert len(said[0]) > 300
    different = [place for place in said[0].keys() | said[1].keys() if said[0].get(place) != said[1].get(place)]
    assert not different, different[:5]
    return found


@fault("no file can be written, home is gone")
async def no_disk(broker: Broker, seed: int) -> Row:
    """All that a worker remembers is on the brokers: a full disk is nothing to it, nor is a lost one."""
    home = tempfile.mkdtemp()
    variables = {"HOME": home, "TMPDIR": home, "PYTHONDONTWRITEBYTECODE": "1"}
    async with trial(broker.bootstrap_servers, seed=seed, variables=variables, workers=0) as of:
        of.crew.full_disk = True
        of.crew.hire(2)
        of.flow(RATE)
        await of.warm()
        since = of.struck()
        shutil.rmtree(home)
        of.crew.workers[0].kill()
        await of.recovered(since)
        return await settled(of)


@fault("retention shorter than the lag")
async def retention(broker: Broker, seed: int) -> Row:
    """An alarm before anything expires; and what has expired all the same is counted, not passed in silence."""
    port, hours = free_port(), 40 / 3600
    slow = {"FAULTS_SECONDS_A_TEXT": "0.4"}
    async with trial(
        broker.bootstrap_servers, seed=seed, workers=0, variables=slow, retention_hours=hours,
        duplicates_window_hours=hours, batch_articles=8,
    ) as of:  # fmt: skip
        of.crew.hire(KHABAR_HEALTH_PORT=str(port))
        of.flow(RATE)
        await of.warm()
        since = of.struck()
        while "retention alarm" not in of.crew.logs():
            assert time.monotonic() < since + 60 * PATIENCE, "no alarm"
            await asyncio.sleep(0.5)
        early = {place: lag for place, lag in of.watcher.lag(of.watcher.last).items() if place[0] == UNIQUE.name}
        assert sum(early.values()) > 0
        alarmed = time.monotonic() - since
        await of.end_of_wire()
        # The broker looks at its segments every five minutes: delete what waits, as it would.
        client = await admin(of.direct)
        name = UNIQUE.full_name(of.direct)
        await client.delete_records({TopicPartition(name, n): RecordsToDelete(-1) for _, n in early})
        await client.close()
        await of.feed([article(f"late-{number}", story(number), 1) for number in range(20)])
        await of.drained(120)
        expired = _metric(port, "khabar_expired_records_total")
        books = await of.books()
        await of.crew.end()
        # Some of what is deleted are notices, whose inputs have an outcome already.
        assert 0 < len(books.lost) <= expired, f"{expired:g} counted, {len(books.lost)} lost"
        return row(of, books, f"alarm after {alarmed:.0f} s; what the test deletes is counted")


@fault("input faster than tagging")
async def pressure(broker: Broker, seed: int) -> Row:
    """Memory stays bounded, the workers go on polling, and nobody loses partitions for being slow."""
    port = free_port()
    slow = {"FAULTS_SECONDS_A_TEXT": "0.05"}
    async with trial(broker.bootstrap_servers, seed=seed, workers=0, variables=slow) as of:
        of.crew.hire(KHABAR_HEALTH_PORT=str(port))
        of.crew.hire()
        of.flow(100)
        await of.warm()
        await asyncio.sleep(10)
        generations, began = _metric(port, "khabar_rebalances_total"), time.monotonic()
        while time.monotonic() < began + PRESSURE_SECONDS:
            assert of.crew.resident < RESIDENT_BOUND
            await asyncio.sleep(1)
        waiting = sum(of.watcher.lag(of.watcher.last).values())
        assert waiting > 100, "the input was not faster"
        assert _metric(port, "khabar_rebalances_total") == generations
        assert of.crew.restarts == 0
        of.struck()
        await of.end_of_wire()
        await of.drained(2 * PRESSURE_SECONDS + 60)
        return await settled(of, f"{PRESSURE_SECONDS:g} s, {of.crew.resident >> 20} MiB, {waiting} waited")


def _metric(port: int, name: str) -> float:
    status, text = answer(port, "/metrics")
    assert status == 200, text
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name + "{"))


@fault("rolling upgrade, old internal records in flight", quick=True)
async def upgrade(broker: Broker, seed: int) -> Row:
    """Records of the first release stand on every internal topic; the workers of today finish them."""
    lines = (Path(__file__).parent / "first_release.jsonl").read_bytes().splitlines()
    old = [orjson.loads(line) for line in lines]
    async with trial(broker.bootstrap_servers, seed=seed, workers=0) as of:
        await of.feed(FeedItem(line["key"].encode(), orjson.dumps(line["value"]["item"])) for line in old)
        places = {each.key: each.input for each in of.acknowledged}
        async with producer(of.direct) as sender:
            for line in old:
                source = f"{of.direct.topic_prefix}{places[line['key'].encode()]}"
                headers = [("khabar-input", source.encode()), ("khabar-received", line["received"].encode())]
                await sender.send_and_wait(
                    of.direct.topic_prefix + line["topic"], orjson.dumps(line["value"]),
                    key=line["key"].encode(), headers=headers,
                )  # fmt: skip
        await _done_with_raw(of)
        of.crew.hire(2)
        of.struck()
        found = await settled(of)
        books = await of.books()
        assert [books.outcomes[place] for place in places.values()] == [{"enriched"}] * len(old)
        return found


async def _done_with_raw(of: Trial) -> None:
    """The old workers' language stage has committed all that there is."""
    (language,) = stages(of.direct, ["language"])
    client = AIOKafkaConsumer(
        **connection(of.direct), group_id=group(of.direct, language), enable_auto_commit=False
    )
    partitions = [TopicPartition(RAW.full_name(of.direct), number) for number in range(of.direct.partitions)]
    client.assign(partitions)
    await client.start()
    try:
        await client.commit(await client.end_offsets(partitions))
    finally:
        await client.stop()
