"""The frame of a review page: summary, legend, filter, documents; style and script are written into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Block:
    """A document's part of a page: HTML, and whether there is an error in it, for the filter."""

    body: str
    wrong: bool


def page(
    title: str, summary: Sequence[tuple[str, object]], legend: Sequence[tuple[str, str]], blocks: Iterable[Block]
) -> str:
    """The page as HTML.

    `summary` are names with values, `legend` CSS classes with what they mean: text, escaped here.
    """
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in summary)
    keys = "".join(f'<li><span class="key {kind}">{escape(words)}</span></li>' for kind, words in legend)
    documents = "\n".join(
        f'<article class="{"wrong" if block.wrong else "clean"}"><h2>{number}</h2>{block.body}</article>'
        for number, block in enumerate(blocks, 1)
    )
    return f"""<!doctype html>
<html lang="ar" dir="rtl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>
{_file("page.css")}</style>
</head>
<body>
<header dir="ltr" lang="en">
<h1>{escape(title)}</h1>
<table>{rows}</table>
<ul class="legend">{keys}</ul>
<p class="filter"><label><input type="checkbox" id="errors"> errors only</label> <output id="shown"></output></p>
</header>
<main>
{documents}
</main>
<script>
{_file("page.js")}</script>
</body>
</html>
"""


def segments(text: str, start: int, end: int, layers: Sequence[tuple[int, int, str]]) -> str:
    """The text from `start` to `end`, escaped, each stretch in a span with the classes of all layers over it.

    A layer is (start, end, class).
    """
    borders = {start, end, *(at for layer in layers for at in layer[:2] if start < at < end)}
    places = sorted(borders)
    parts = []
    for begin, stop in pairwise(places):
        kinds = sorted({kind for first, last, kind in layers if first <= begin and stop <= last})
        part = escape(text[begin:stop])
        parts.append(f'<span class="{" ".join(kinds)}">{part}</span>' if kinds else part)
    return "".join(parts)


def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
