"""An enriched article as a person reads it in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pipeline.records import Claim, Enriched

COLOURS = {"PER": "bold cyan", "ORG": "bold magenta", "LOC": "bold green", "MISC": "bold yellow"}

# A terminal is for a look, not for reading 5,000 words.
MOST_LETTERS = 700


def show(record: Enriched, console: Console | None = None) -> None:
    """The text with its entities coloured, their names, then who says what."""
    console = console or Console()
    text = Text(record.text)
    for entity in record.entities:
        text.stylize(COLOURS[entity.type], entity.start, entity.end)
    if len(record.text) > MOST_LETTERS:
        text.truncate(MOST_LETTERS)
        text.append(" …")
    console.print(Panel(text, title=record.uri, subtitle=record.language.code))
    for kind, colour in COLOURS.items():
        names = dict.fromkeys(entity.canonical for entity in record.entities if entity.type == kind)
        if names:
            console.print(Text(f"  {kind:<5}", style=colour) + Text("، ".join(names)), overflow="fold")
    attributions = [claim for claim in record.claims if claim.cue]
    if attributions:
        console.print(_who_says_what(attributions))


def _who_says_what(claims: list[Claim]) -> Table:
    table = Table("who", "cue", "what", "", box=None, header_style="dim", padding=(0, 2))
    for claim in claims:
        who = claim.claimant.text if claim.claimant else claim.source.text if claim.source else "—"
        kinds = " ".join(kind for kind in (claim.quotation, claim.factuality) if kind and kind != "asserted")
        content = claim.content.text if claim.content else "—"
        table.add_row(_short(who, 40), claim.cue.text if claim.cue else "", _short(content, 110), kinds)
    return table


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
