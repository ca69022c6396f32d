"""`khabar clusters`: which articles of the window tell one story."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer


def clusters(
    limit: Annotated[int, typer.Option(help="The newest so many; 0: all.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, with every member.")] = False,
) -> None:
    """List the clusters of the duplicate window, with their outlets and times, newest first."""
    import msgspec

    from pipeline.cli.tables import print_json, table
    from pipeline.readers.clusters import clusters as read
    from pipeline.settings import load

    found = asyncio.run(read(load()))
    shown = found[:limit] if limit else found
    if json:
        print_json({"total": len(found), "clusters": [msgspec.to_builtins(view) for view in shown]})
        return
    rows = [
        (
            view.last[:19],
            view.first[:19],
            view.articles,
            ", ".join(view.outlets),
            view.members[0].uri,
            view.cluster,
        )
        for view in shown
    ]
    columns = ("last (UTC)", "first", "articles", "outlets", "first article", "cluster")
    table(f"Clusters of the window: {len(shown)} of {len(found)}", columns, rows)
