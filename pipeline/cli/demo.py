"""`khabar demo`: the sample wire through everything, on a broker of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog
from aiokafka import ConsumerRecord
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.assembly import stages
from pipeline.cli import pretty
from pipeline.cli.feeding import feed_file
from pipeline.cli.tables import table
from pipeline.engines import EngineName, engine
from pipeline.errors import Stop
from pipeline.feeds import Refusal
from pipeline.kafka.admin import create_topics
from pipeline.kafka.producer import producer
from pipeline.kafka.reading import follow
from pipeline.records import Enriched, decode
from pipeline.sample import FEEDS, REFUSALS, REFUSED, WIRE
from pipeline.settings import Settings, load
from pipeline.streams import headers
from pipeline.streams.worker import Worker
from pipeline.topics import OUTCOMES

# Long enough for a busy machine, short enough for somebody who waits: nothing new in this time means it is stuck.
PATIENCE_SECONDS = 90.0
ARTICLES_SHOWN = 3
LABELS = {
    "enriched": "enriched",
    "duplicate": "duplicates",
    "other-language": "other language",
    "dead-letter": "dead-lettered",
    "superseded": "superseded",
    "killed": "killed",
}


@dataclass(slots=True)
class Result:
    """What became of the wire: the first outcome of each input, and the enriched articles as they stand."""

    outcomes: dict[str, str] = field(default_factory=dict)
    enriched: dict[str, Enriched] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def run(name: EngineName) -> None:
    """Run the demo on a broker of this kind; prints all there is to see.

    Raises:
        Stop: the engine is not to be had here, or an input has no outcome.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.basicConfig(level=logging.CRITICAL)
    console = Console()
    console.print(f"Starting the {name} broker …")
    with engine(name) as broker:
        settings = load().model_copy(
            update={
                "kafka_bootstrap_servers": broker.bootstrap_servers,
                "kafka_security_protocol": "PLAINTEXT",
                "kafka_sasl_mechanism": None,
                "topic_prefix": "",
                "replication": 1,
                # The embedded broker makes a group wait half of this before it may begin.
                "kafka_session_timeout_seconds": 2 if name == "embedded" else 6,
            }
        )
        asyncio.run(_demo(settings, console))
    console.print("Next: `.venv/bin/khabar enrich --pretty YOUR_ARTICLE.txt`, or `make test`.")


async def _demo(settings: Settings, console: Console) -> None:
    await create_topics(settings)
    worker = Worker(settings, stages(settings))
    running = asyncio.create_task(worker.run())
    try:
        fed, refusals = await _feed(settings, console)
        started = time.monotonic()
        result = await _watch(settings, fed, running, console)
        seconds = time.monotonic() - started
    finally:
        worker.stop()
        await running
    _report(console, fed, refusals, result, seconds)


async def _feed(settings: Settings, console: Console) -> tuple[int, list[Refusal]]:
    """Feed the wire, and what no feed lets through."""
    fed, refusals = 0, []
    files = [(kind, WIRE / name) for name, kind in FEEDS] + [(kind, REFUSED / name) for name, kind, _ in REFUSALS]
    async with producer(settings) as sender:
        for kind, path in files:
            done = await feed_file(settings, sender, kind, path)
            fed += done.sent
            refusals += done.refused
            if done.sent:
                console.print(f"  fed {done.sent:>3} items from {path.name} ({kind})")
    return fed, refusals


async def _watch(settings: Settings, fed: int, running: asyncio.Task[None], console: Console) -> Result:
    """Follow all outcomes until each input has one."""
    result = Result()
    what = TextColumn("{task.description}")
    columns = (SpinnerColumn(), what, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("through the pipeline", total=fed)

        async def collect() -> None:
            async with aclosing(follow(settings, OUTCOMES, from_start=True)) as records:
                async for record in records:
                    _note(record, result)
                    progress.update(bar, completed=len(result.outcomes))
                    if len(result.outcomes) >= fed:
                        return

        collecting = asyncio.create_task(collect())
        seen = -1
        while not collecting.done():
            if len(result.outcomes) == seen:
                raise Stop(
                    f"stuck: {seen} of {fed} inputs have an outcome, no other within {PATIENCE_SECONDS:g} s"
                )
            seen = len(result.outcomes)
            tasks = {collecting, running}
            await asyncio.wait(tasks, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                collecting.cancel()
                await running
                raise Stop("interrupted before every input had an outcome")
        await collecting
    return result


def _note(record: ConsumerRecord, result: Result) -> None:
    carried = record.headers
    source, outcome = headers.read(carried, headers.INPUT), headers.read(carried, headers.OUTCOME)
    key = (record.key or b"").decode(errors="replace")
    if source and outcome and outcome != "withdrawn":
        result.outcomes.setdefault(source, outcome)
    if outcome == "enriched":
        result.enriched[key] = decode(record.value, Enriched)
    elif outcome in ("killed", "withdrawn"):
        result.enriched.pop(key, None)
    elif outcome == "dead-letter":
        result.errors.append(headers.read(carried, headers.ERRORS + "exception.message") or "")


def _report(console: Console, fed: int, refusals: Sequence[Refusal], result: Result, seconds: float) -> None:
    counts = Counter(result.outcomes.values())
    shown = sorted(result.enriched.values(), key=_worth_showing, reverse=True)[:ARTICLES_SHOWN]
    for article in shown:
        pretty.show(article, console)
    rows: list[tuple[str, object]] = [(label, counts.pop(name, 0)) for name, label in LABELS.items()]
    rows.append(("missing", fed - len(result.outcomes)))
    rows.append(("fed", fed))
    if counts or sum(int(str(count)) for _, count in rows[:-1]) != fed:
        raise Stop(f"the outcomes do not add up: {rows}, {dict(counts)}")
    table("Dead letters, by their error", ("error", "items"), Counter(result.errors).most_common())
    table("Refused at the feed", ("where", "why"), [(refusal.where, refusal.reason) for refusal in refusals])
    table("What became of the wire", ("outcome", "items"), rows)
    entities = sum(len(article.entities) for article in result.enriched.values())
    claims = sum(len(article.claims) for article in result.enriched.values())
    console.print(
        f"{fed} items in {seconds:.1f} s ({fed / seconds:.1f} a second, the start of the worker included): "
        f"{entities} entities and {claims} claims in {len(result.enriched)} articles."
    )


def _worth_showing(article: Enriched) -> tuple[bool, int]:
    """Short ones in which many speak."""
    return len(article.text) < 1200, sum(claim.cue is not None for claim in article.claims)
