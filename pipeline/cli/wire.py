"""Commands at both ends of the wire: `feed` puts news in, `tail` shows what comes out."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

import typer

feed = typer.Typer(help="Put news on the raw topic.", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help="Files; - reads from standard input.")]


@feed.command()
def ninjs(files: Files) -> None:
    """ninjs items (IPTC): one a file, an array, or one a line."""
    _feed("ninjs", files)


@feed.command()
def rss(files: Files) -> None:
    """RSS or Atom."""
    _feed("rss", files)


@feed.command()
def jsonl(files: Files) -> None:
    """Plain JSON Lines: id or uri, title, text."""
    _feed("jsonl", files)


@feed.command()
def records(files: Files) -> None:
    """Keys and values just as they are to stand on the topic, for trying out odd input."""
    _feed("records", files)


def tail(
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the first that is kept.")] = False,
    limit: Annotated[int, typer.Option(help="End after so many; 0: go on for ever.")] = 0,
    json: Annotated[
        bool, typer.Option("--json", help='One record a line; {"uri", "taken_back": true} for a null value.')
    ] = False,
) -> None:
    """Show enriched articles as they come."""
    asyncio.run(_tail(from_start=from_start, limit=limit, as_json=json))


async def _tail(*, from_start: bool, limit: int, as_json: bool) -> None:
    import orjson

    from pipeline.cli.pretty import show
    from pipeline.readers.enriched import messages
    from pipeline.settings import load

    shown = 0
    async with aclosing(messages(load(), from_start=from_start)) as coming:
        async for message in coming:
            if as_json:
                taken_back = orjson.dumps({"uri": message.uri, "taken_back": True})
                sys.stdout.buffer.write((message.value or taken_back) + b"\n")
                sys.stdout.flush()
            elif article := message.article():
                show(article)
            else:
                print(f"taken back: {message.uri}")
            shown += 1
            if shown == limit:
                return


def _feed(kind: str, files: list[Path]) -> None:
    from pipeline.cli.feeding import feed_files
    from pipeline.settings import load

    refused = asyncio.run(feed_files(load(), kind, files))
    if refused:
        raise typer.Exit(1)
