"""Faults of brokers and of the network between them and the workers."""

from __future__ import annotations

import asyncio
import time

from pipeline.kafka.connection import admin
from pipeline.topics import TAGGED
from tests.faults.broker import Broker, configure
from tests.faults.table import RATE, Row, fault, settled, striking
from tests.faults.trial import Trial, trial

# A worker finds a broker again within its own backoff and one more join of its group.
AWAY_SECONDS = 45.0
FREEZE_SECONDS = 30.0


@fault("broker killed and restarted")
async def killed(broker: Broker, seed: int) -> Row:
    async def strike(of: Trial) -> float:
        of.struck()
        await asyncio.to_thread(broker.kill)
        await asyncio.sleep(3)
        await asyncio.to_thread(broker.start)
        return time.monotonic()

    return await striking(broker.bootstrap_servers, seed, strike, within=AWAY_SECONDS)


@fault("broker frozen for 30 s")
async def frozen(broker: Broker, seed: int) -> Row:
    async def strike(of: Trial) -> float:
        of.struck()
        broker.freeze()
        try:
            await asyncio.sleep(FREEZE_SECONDS)
        finally:
            broker.thaw()
        return time.monotonic()

    return await striking(broker.bootstrap_servers, seed, strike, within=AWAY_SECONDS)


@fault("network cut for 5 s")
async def cut(broker: Broker, seed: int) -> Row:
    async with broker.proxy() as proxy:

        async def strike(of: Trial) -> float:
            of.struck()
            proxy.cut()
            await asyncio.sleep(5)
            proxy.mend()
            return time.monotonic()

        return await striking(
            broker.bootstrap_servers, seed, strike, times=2, within=AWAY_SECONDS, through=broker.proxied
        )


@fault("network silent for 25 s")
async def silent(broker: Broker, seed: int) -> Row:
    async with broker.proxy() as proxy:

        async def strike(of: Trial) -> float:
            of.struck()
            proxy.silent()
            await asyncio.sleep(25)
            proxy.mend()
            return time.monotonic()

        return await striking(broker.bootstrap_servers, seed, strike, within=AWAY_SECONDS, through=broker.proxied)


@fault("network slow by 0.5 s each way for 20 s")
async def slow(broker: Broker, seed: int) -> Row:
    async with broker.proxy() as proxy:

        async def strike(of: Trial) -> float:
            of.struck()
            proxy.delay = 0.5
            await asyncio.sleep(20)
            proxy.mend()
            return time.monotonic()

        return await striking(broker.bootstrap_servers, seed, strike, within=AWAY_SECONDS, through=broker.proxied)


@fault("a topic refuses produce for 10 s", quick=True)
async def refused(broker: Broker, seed: int) -> Row:
    """The workers say why and end, again and again, until the topic takes records of more than 64 bytes."""
    async with trial(broker.bootstrap_servers, seed=seed) as of:
        usual = TAGGED.configuration(of.direct)
        client = await admin(of.direct)
        try:
            of.flow(RATE)
            await of.warm()
            of.struck()
            await configure(client, TAGGED.full_name(of.direct), {**usual, "max.message.bytes": "64"})
            await asyncio.sleep(10)
            await configure(client, TAGGED.full_name(of.direct), usual)
            await of.recovered(time.monotonic())
        finally:
            await client.close()
        found = await settled(of)
        assert f"{TAGGED.name} takes no records" in of.crew.logs()
        return found
