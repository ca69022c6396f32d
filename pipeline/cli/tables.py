"""Tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from pipeline.kafka.admin import TopicState
from pipeline.settings import Settings


def print_json(value: Any) -> None:
    """One JSON object, indented, on stdout."""
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on stdout."""
    drawn = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        drawn.add_column(column, justify="left" if number == 0 else "right" if _numbers(rows, number) else "left")
    for row in rows:
        drawn.add_row(*map(str, row))
    Console().print(drawn)


def topic_table(states: Sequence[TopicState], settings: Settings, *, as_json: bool) -> None:
    """The topics, their partitions, and how long they keep records."""
    if as_json:
        listed = [
            {
                "topic": state.name,
                "partitions": state.partitions,
                "created": state.created,
                "configuration": state.topic.configuration(settings),
            }
            for state in states
        ]
        print_json({"bootstrap_servers": settings.kafka_bootstrap_servers, "topics": listed})
        return
    rows = [(s.name, s.partitions, _keeps(s, settings), "created" if s.created else "was there") for s in states]
    table(f"Topics on {settings.kafka_bootstrap_servers}", ("topic", "partitions", "keeps", ""), rows)


def _keeps(state: TopicState, settings: Settings) -> str:
    configuration = state.topic.configuration(settings)
    if "retention.ms" not in configuration:
        return "the last of each uri"
    return f"{int(configuration['retention.ms']) / 3_600_000:g} h"


def _numbers(rows: Sequence[Sequence[object]], column: int) -> bool:
    return bool(rows) and all(isinstance(row[column], int | float) for row in rows)
