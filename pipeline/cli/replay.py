"""`replay`: dead letters after a fix, or old input through newer models."""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer


def replay(
    stage: Annotated[str | None, typer.Option(help="Only dead letters of this stage.")] = None,
    error: Annotated[str | None, typer.Option(help="Only those whose message matches this pattern.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", help="Instead: all input that came at this time (UTC) or later.")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--until", help="With --from: what came before this.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Send dead letters again, each once, however often you call it; or old input, with --from."""
    import orjson

    from pipeline.replay import dead_letters, old_input
    from pipeline.settings import load

    if since and (stage or error):
        raise typer.BadParameter("--stage and --error choose dead letters; --from takes all input of its time")
    if until and not since:
        raise typer.BadParameter("--until goes with --from")
    try:
        re.compile(error or "")
    except re.error as fault:
        raise typer.BadParameter(f"--error is no pattern: {fault}") from None
    if since:
        report = asyncio.run(old_input(load(), _utc(since), _utc(until) if until else None))
    else:
        report = asyncio.run(dead_letters(load(), stage, error))
    if json:
        left = [{"record": record, "reason": reason} for record, reason in report.left]
        print(orjson.dumps({"sent": report.sent, "done_before": report.done_before, "left": left}).decode())
    else:
        print(f"{report.sent} sent again, {report.done_before} had been before")
        for record, reason in report.left:
            print(f"khabar: {record} left: {reason}", file=sys.stderr)
    if report.left:
        raise typer.Exit(1)


def _utc(moment: datetime) -> int:
    """Milliseconds, of a moment that the command line gives without a zone."""
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)
