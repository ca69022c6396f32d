"""`khabar bench`: how fast, at which cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.engines import EngineName

app = typer.Typer(help="Measure speed and cost on this machine.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Keeps `duplicates` a command of its own while it is the only one."""


@app.command()
def duplicates(
    articles: Annotated[
        Path | None, typer.Argument(help="JSON Lines as of evaluate duplicates; else made up.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many articles are made up.")] = 10_000,
    pause: Annotated[str, typer.Option(help="Sizes of the window to kill the owner at, as 100000,3000000.")] = "",
    engine: Annotated[EngineName, typer.Option(help="The broker for that.")] = "kafka",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """The duplicates owner: articles a second on one core beside datasketch MinHashLSH, bytes of state, pauses.

    Keys: `speed`; `pauses`, one for each size, in seconds.
    """
    from pipeline.assembly import rule
    from pipeline.cli.tables import print_json, table
    from pipeline.evaluation.duplicates import texts_of
    from pipeline.evaluation.duplicates_pause import pauses
    from pipeline.evaluation.duplicates_speed import speed, synthetic
    from pipeline.settings import load
    from pipeline.stages.duplicates import DuplicatesStage

    settings = load()
    stage = DuplicatesStage(settings.duplicates_window_hours, settings.duplicates_limit, rule(settings))
    measured = speed(texts_of(articles) if articles else synthetic(count), settings, stage)
    stage.reset()
    stopped = [pauses(int(size), engine) for size in pause.split(",") if size]
    if json:
        print_json({"speed": measured, "pauses": stopped})
        return
    table("Speed, on one core", ("", "measured"), [(name, f"{value:,.1f}") for name, value in measured.items()])
    if stopped:
        rows = [[f"{value:,.1f}" if value else "?" for value in found.values()] for found in stopped]
        table("Pause after SIGKILL, seconds", list(stopped[0]), rows)
