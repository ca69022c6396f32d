"""Faults of records and of the model: poison in each stage, floods of it, dead letters that cannot be written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from pipeline.errors import Flood
from pipeline.feeds import FeedItem
from pipeline.kafka.admin import create_topics
from pipeline.kafka.connection import admin
from pipeline.topics import DEAD_LETTER
from tests.faults import child
from tests.faults.broker import Broker
from tests.faults.ledger import audit, shown
from tests.faults.table import RATE, Row, fault, settled
from tests.faults.trial import PATIENCE, Trial, trial
from tests.faults.wire import article, story

STAGES = ("language", "duplicates", "tagging", "claims")


async def _dead(of: Trial, items: Iterable[FeedItem], within: float = 60.0) -> dict[str, set[str]]:
    """Feed poison into the wire, and wait; the outcomes of all that was poison."""
    of.struck()
    items = list(items)
    await of.feed(items)
    poison = {each.input for each in of.acknowledged if each.key in {item.key for item in items}}
    deadline = time.monotonic() + within * PATIENCE
    while True:
        outcomes = (await of.books()).outcomes
        if poison <= set(outcomes) or time.monotonic() > deadline:
            return {source: outcomes.get(source, set()) for source in poison}
        await asyncio.sleep(1)


@fault("poison pill in each stage", quick=True)
async def pills(broker: Broker, seed: int) -> Row:
    async with trial(broker.bootstrap_servers, seed=seed, plugin="fragile") as of:
        of.flow(RATE)
        await of.warm()
        found = await _dead(of, [article(f"poison-{stage}", story(stage), 1) for stage in STAGES])
        assert set(map(frozenset, found.values())) == {frozenset({"dead-letter"})}, found
        assert of.crew.restarts == 0
        return await settled(of)


@fault("model raises, answers garbage, dies, hangs")
async def models(broker: Broker, seed: int) -> Row:
    poisons = (child.RAISES, child.GARBAGE, child.DIES, child.HANGS)
    async with trial(broker.bootstrap_servers, seed=seed, tagging_timeout_seconds=1.0) as of:
        of.flow(RATE)
        await of.warm()
        found = await _dead(of, [article(f"model-{word}", story(word), 1) for word in poisons], within=120)
        assert set(map(frozenset, found.values())) == {frozenset({"dead-letter"})}, found
        assert of.crew.restarts == 0
        return await settled(of)


@fault("oversized record")
async def oversized(broker: Broker, seed: int) -> Row:
    async with trial(broker.bootstrap_servers, seed=seed) as of:
        of.flow(RATE)
        await of.warm()
        found = await _dead(of, [article("large", "خبر " * 300_000, 1)])
        assert list(found.values()) == [{"dead-letter"}]
        return await settled(of)


@fault("flood of poison trips the breaker", quick=True)
async def flood(broker: Broker, seed: int) -> Row:
    """Both workers end with the breaker's status, and the flood still waits; mended, it flows."""
    floods = 300
    async with trial(
        broker.bootstrap_servers, seed=seed, plugin="fragile", breaker_articles=50, partitions=2
    ) as of:
        await of.feed(article(f"poison-claims-{number}", story(number), 1) for number in range(floods))
        of.struck()
        deadline = time.monotonic() + 60 * PATIENCE
        while of.crew.workers:
            assert time.monotonic() < deadline, "the breaker does not trip"
            await asyncio.sleep(0.5)
        statuses = {worker.process.returncode for worker in of.crew.gone}
        assert statuses == {Flood.status}, statuses
        assert "would reject" in of.crew.logs()
        tripped = await of.books()
        letters = sum("dead-letter" in outcomes for outcomes in tripped.outcomes.values())
        assert letters < floods / 2, f"{letters} of {floods} were drained into the dead letters"
        assert sum(tripped.lag.values()) >= floods - letters, "offsets were passed"
        breaches = audit(tripped)
        assert set(breaches) == {"no_lag"}, shown(breaches)
        of.crew.settings = of.settings.model_copy(update={"failpoints": "tests.faults.plugins:quick"})
        of.crew.hire(2)
        since = time.monotonic()
        await of.drained(60)
        of.recoveries.append(time.monotonic() - since)
        return await settled(of, f"status {Flood.status}, {letters} dead letters of {floods}")


@fault("dead-letter topic deleted")
async def no_dead_letters(broker: Broker, seed: int) -> Row:
    """The worker says why and ends, again and again, and has lost nothing when the topic is there again."""
    async with trial(broker.bootstrap_servers, seed=seed, kafka_request_timeout_seconds=5.0) as of:
        await of.warm_by([article(f"early-{number}", story(number), 1) for number in range(20)])
        client = await admin(of.direct)
        await client.delete_topics([DEAD_LETTER.full_name(of.direct)])
        of.struck()
        await of.feed([FeedItem(f"bad-{number}".encode(), b"{") for number in range(8)])
        deadline = time.monotonic() + 60 * PATIENCE
        while not of.crew.gone:
            assert time.monotonic() < deadline, f"no worker ends\n{of.tail()}"
            await asyncio.sleep(0.5)
        logs = of.crew.logs()
        assert f"missing on {of.direct.kafka_bootstrap_servers}" in logs
        assert DEAD_LETTER.name in logs
        assert {worker.process.returncode for worker in of.crew.gone} == {1}
        await create_topics(of.direct)
        since = time.monotonic()
        await client.close()
        await of.drained(60)
        of.recoveries.append(time.monotonic() - since)
        return await settled(of, "stops, says why")
