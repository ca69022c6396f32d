"""Faults of the workers: killed, frozen, ended, joining and leaving, restarted one by one."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from itertools import cycle
from pathlib import Path

from tests.faults.broker import Broker
from tests.faults.table import RATE, Row, fault, settled, striking
from tests.faults.trial import PATIENCE, Trial, trial
from tests.faults.wire import WORDS, article
from tests.faults.workers import answer, free_port

KILLS = 20
DRAIN_SECONDS = 10.0


async def _kill(of: Trial) -> float:
    worker = of.dice.choice(of.crew.running)
    since = of.struck()
    worker.kill()
    return since


@fault("SIGKILL of a worker", quick=True)
async def killed(broker: Broker, seed: int) -> Row:
    return await striking(broker.bootstrap_servers, seed, _kill)


@fault(f"SIGKILL of a worker, {KILLS} times")
async def killed_often(broker: Broker, seed: int) -> Row:
    return await striking(broker.bootstrap_servers, seed, _kill, times=KILLS, rest=3.0)


@fault("SIGKILL between acknowledgement and commit, each stage")
async def killed_before_commit(broker: Broker, seed: int) -> Row:
    stages = ("language", "duplicates", "tagging", "claims")
    with tempfile.TemporaryDirectory() as marks:
        async with trial(
            broker.bootstrap_servers, seed=seed, plugin="crash_before_commit", variables={"FAULTS_MARKS": marks}
        ) as of:
            of.flow(RATE)
            await of.warm()
            for stage in stages:
                since = of.struck()
                await of.feed([article(f"crash-{stage}", f"{' '.join(WORDS[:30])} {stage}", 1)])
                while not (Path(marks) / f"crash-{stage}").exists():
                    await asyncio.sleep(0.1)
                    assert time.monotonic() < since + 30 * PATIENCE, "the failpoint was not reached"
                await of.recovered(since)
            found = await settled(of)
            assert found.repeated >= len(stages), f"{found.repeated} repeats: what was not committed comes again"
            return found


@fault("SIGSTOP for longer than the session, then SIGCONT", quick=True)
async def frozen(broker: Broker, seed: int) -> Row:
    async with trial(broker.bootstrap_servers, seed=seed) as of:
        of.flow(RATE)
        await of.warm()
        zombie = of.crew.workers[0]
        since = of.struck()
        zombie.signal(signal.SIGSTOP)
        recovery = await of.recovered(since)
        await asyncio.sleep(max(0.0, 16 - recovery))
        zombie.signal(signal.SIGCONT)
        status = await asyncio.to_thread(zombie.process.wait, 30)
        assert status == 1, f"a zombie must leave, and it ended with {status}"
        assert "stood still" in zombie.log()
        return await settled(of)


@fault("SIGTERM", quick=True)
async def terminated(broker: Broker, seed: int) -> Row:
    longest = 0.0

    async def end(of: Trial) -> float:
        nonlocal longest
        worker = of.dice.choice(of.crew.working)
        of.crew.dismiss(worker)
        since = of.struck()
        status = await worker.end(DRAIN_SECONDS)
        longest = max(longest, time.monotonic() - since)
        assert status == 0, f"ended with {status}\n{worker.log()[-2000:]}"
        of.crew.hire()
        return since

    found = await striking(broker.bootstrap_servers, seed, end, times=2)
    return Row(found.times, found.inputs, found.lost, found.repeated, found.bound, found.recovery,
               f"exit 0 after {longest:.1f} s")  # fmt: skip


@fault("a worker joins or leaves every 5 s")
async def storm(broker: Broker, seed: int) -> Row:
    async def change(of: Trial) -> float:
        since = time.monotonic()
        for number in range(6):
            since = of.struck()
            if number % 2:
                worker = of.crew.working[0]
                of.crew.dismiss(worker)
                assert await worker.end(DRAIN_SECONDS) == 0
            else:
                of.crew.hire()
            await asyncio.sleep(max(0.0, since + 5 - time.monotonic()))
        return since

    return await striking(broker.bootstrap_servers, seed, change)


@fault("rolling restart of 3 static members")
async def rolling(broker: Broker, seed: int) -> Row:
    async with trial(broker.bootstrap_servers, seed=seed, workers=0) as of:
        names = ["one", "two", "three"]
        members = {name: of.crew.hire(KHABAR_KAFKA_GROUP_INSTANCE_ID=name) for name in names}
        of.flow(RATE)
        await of.warm()
        await asyncio.sleep(3)
        port = free_port()
        watched = of.crew.hire(KHABAR_KAFKA_GROUP_INSTANCE_ID="watched", KHABAR_HEALTH_PORT=str(port))
        await asyncio.sleep(15)
        before = _rebalances(port)
        for name, worker in members.items():
            of.crew.dismiss(worker)
            since = of.struck()
            assert await worker.end(DRAIN_SECONDS) == 0
            of.crew.hire(KHABAR_KAFKA_GROUP_INSTANCE_ID=name)
            await of.recovered(since)
            await asyncio.sleep(2)
        moved = _rebalances(port) - before
        assert watched.alive
        assert moved == 0, f"{moved:g} generations that a rolling restart need not have made"
        return await settled(of, "nothing moved")


def _rebalances(port: int) -> float:
    status, text = answer(port, "/metrics")
    assert status == 200
    lines = [line for line in text.splitlines() if line.startswith("khabar_rebalances_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


@fault("loop stands still, health says so", quick=True)
async def stalled(broker: Broker, seed: int) -> Row:
    port = free_port()
    variables = {"FAULTS_SECONDS": "13"}
    async with trial(
        broker.bootstrap_servers, seed=seed, plugin="stall", variables=variables, workers=0, partitions=1
    ) as of:
        of.crew.hire(KHABAR_HEALTH_PORT=str(port))
        of.flow(RATE)
        await of.warm()
        assert await _until(port, "/ready", 200)
        assert answer(port, "/live")[0] == 200
        of.struck()
        await of.feed([article("stall-language", " ".join(WORDS[:30]), 1)])
        assert await _until(port, "/live", 503), "a loop that stands still is not live"
        assert answer(port, "/ready")[0] == 503
        await of.end_of_wire()
        of.crew.variables["KHABAR_FAILPOINTS"] = "tests.faults.plugins:quick"
        return await settled(of, "/live 503")


async def _until(port: int, path: str, status: int, within: float = 30.0) -> bool:
    deadline = time.monotonic() + within * PATIENCE
    for _ in cycle([None]):
        if (await asyncio.to_thread(answer, port, path))[0] == status:
            return True
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.25)
    return False
