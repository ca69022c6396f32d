"""Commands that run the pipeline: `demo`, `worker`, `broker`, `topics`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from pipeline.engines import EngineName

Stages = Annotated[str, typer.Option(help="Which stages, comma-separated; all of them if not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def demo(engine: Annotated[EngineName, typer.Option(help="The broker to start for it.")] = "embedded") -> None:
    """Start a broker and a worker, feed the sample wire, and show what became of it."""
    from pipeline.cli.demo import run

    run(engine)


def worker(stages: Stages = "") -> None:
    """Run stages until SIGTERM or Ctrl-C. Start as many workers as you like."""
    from pipeline.assembly import NAMES
    from pipeline.assembly import stages as assembled
    from pipeline.logs import configure
    from pipeline.settings import load
    from pipeline.streams.worker import work

    settings = load()
    configure(settings)
    names = [name.strip() for name in stages.split(",")] if stages else NAMES
    asyncio.run(work(settings, assembled(settings, names)))


def broker(
    engine: Annotated[EngineName, typer.Option(help="embedded keeps nothing, kafka does.")] = "embedded",
    port: Annotated[int, typer.Option(help="0: a free one.")] = 9092,
) -> None:
    """Run a broker of your own until Ctrl-C, to try things out."""
    from pipeline.engines.__main__ import run as run_engine

    run_engine(engine, port)


def topics(json: AsJson = False) -> None:
    """Create the topics that are missing, and list them all."""
    from pipeline.cli.tables import topic_table
    from pipeline.kafka.admin import create_topics
    from pipeline.settings import load

    settings = load()
    topic_table(asyncio.run(create_topics(settings)), settings, as_json=json)
