"""The review page of claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from pipeline.evaluation.claims import Attribution, is_right, matched
from pipeline.evaluation.review.page import Block, page, segments

_LEGEND = (("source", "source"), ("cue", "cue"), ("content", "content"))
_PARTS = ("source", "cue", "content")
_AROUND = 40  # signs of the text shown on both sides of an attribution
_VERDICTS = {
    "right": "right",
    "near": "right, with other borders",
    "wrong": "cue found, the rest wrong",
    "missed": "missed",
    "spurious": "spurious",
}


@dataclass(frozen=True)
class JudgedClaims:
    """An article with its true attributions and those found in it."""

    text: str
    gold: Sequence[Attribution]
    found: Sequence[Attribution]


def claim_page(name: str, articles: Sequence[JudgedClaims], scores: Mapping[str, Any]) -> str:
    """The page of a file of this name; `scores` as `evaluate_claims` returns them."""
    kinds = [kind for article in articles for kind, _, _ in _verdicts(article)]
    summary = [
        ("articles, attributions", f"{scores['documents']}, {scores['attributions']}"),
        ("F1 of whole attributions", f"{scores['attribution_f1']:.3f}"),
        ("F1 of cues", f"{scores['cue']['f1']:.3f}"),
        (
            "token F1 of sources, contents",
            f"{scores['source']['f1_found']:.3f}, {scores['content']['f1_found']:.3f}",
        ),
        *((words, kinds.count(kind)) for kind, words in _VERDICTS.items()),
    ]
    return page(f"Claims: {name}", summary, _LEGEND, map(_block, articles))


def _block(article: JudgedClaims) -> Block:
    verdicts = _verdicts(article)
    parts = [_claim(article.text, kind, gold, found) for kind, gold, found in verdicts]
    wrong = any(kind not in ("right", "near") for kind, _, _ in verdicts)
    return Block("".join(parts) or f'<p class="text">{escape(article.text)}</p>', wrong)


def _claim(text: str, kind: str, gold: Attribution | None, found: Attribution | None) -> str:
    extents = [extent for item in (gold, found) if item for extent in _extents(item).values()]
    start = max(0, min(extent[0] for extent in extents) - _AROUND)
    end = min(len(text), max(extent[1] for extent in extents) + _AROUND)
    shown = [("gold, found", gold)] if kind == "right" else [("gold", gold), ("found", found)]
    lines = [
        f'<p class="text" data-who="{who}">{segments(text, start, end, _layers(item))}</p>'
        for who, item in shown
        if item
    ]
    return f'<section class="claim is-{kind}"><h3 dir="ltr">{_VERDICTS[kind]}</h3>{"".join(lines)}</section>'


def _layers(item: Attribution) -> list[tuple[int, int, str]]:
    return [(*extent, part) for part, extent in _extents(item).items()]


def _extents(item: Attribution) -> dict[str, tuple[int, int]]:
    """Where the parts that the attribution has stand."""
    parts = {part: getattr(item, part) for part in _PARTS}
    return {part: (extent.start, extent.end) for part, extent in parts.items() if extent}


def _verdicts(article: JudgedClaims) -> list[tuple[str, Attribution | None, Attribution | None]]:
    """(verdict, true, found) of each attribution, in text order."""
    pairs = matched(article.gold, article.found)
    rows: list[tuple[str, Attribution | None, Attribution | None]] = []
    for gold, found in pairs:
        if _extents(gold) == _extents(found):
            rows.append(("right", gold, found))
        else:
            rows.append(("near" if is_right(article.text, gold, found) else "wrong", gold, found))
    used = {id(item) for pair in pairs for item in pair}
    rows += [("missed", item, None) for item in article.gold if id(item) not in used]
    rows += [("spurious", None, item) for item in article.found if id(item) not in used]
    return sorted(rows, key=_place)


def _place(row: tuple[str, Attribution | None, Attribution | None]) -> int:
    item = row[1] or row[2]
    return item.cue.start if item else 0
