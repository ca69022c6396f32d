"""The review page of entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from pipeline.evaluation.annotated import Span
from pipeline.evaluation.entities import Judged
from pipeline.evaluation.review.page import Block, page, segments

_LEGEND = (
    ("right", "right"),
    ("missed", "missed"),
    ("spurious", "spurious"),
    ("type", "wrong type (true → found)"),
    ("borders", "wrong borders (underlined: true; darker: found)"),
)


def entity_page(name: str, documents: Sequence[Judged], scores: Mapping[str, Any]) -> str:
    """The page of a file of this name; `scores` as `evaluate_entities` returns them."""
    kinds = [_Verdict(group, document).kind for document in documents for group in _groups(document)]
    spread = scores["intervals"]["f1"]
    summary = [
        ("model", scores["model"]),
        ("documents, entities", f"{scores['documents']}, {scores['entities']}"),
        ("F1", f"{scores['f1']:.3f} ({spread[0]:.3f} to {spread[1]:.3f})"),
        ("precision, recall", f"{scores['precision']:.3f}, {scores['recall']:.3f}"),
        *(
            (f"F1 {kind}", f"{shares['f1']:.3f} ({shares['entities']} entities)")
            for kind, shares in scores["by_type"].items()
        ),
        *((words.partition(" (")[0], kinds.count(kind)) for kind, words in _LEGEND),
    ]
    return page(f"Entities: {name}", summary, _LEGEND, map(_block, documents))


def _block(document: Judged) -> Block:
    text, at, wrong = document.text, 0, False
    parts = ['<p class="text">']
    for group in _groups(document):
        verdict = _Verdict(group, document)
        start, end = min(span[0] for span in group), max(span[1] for span in group)
        layers = [(*span[:2], "gold") for span in group if span in document.gold]
        layers += [(*span[:2], "found") for span in group if span in document.found]
        parts.append(escape(text[at:start]))
        parts.append(f'<span class="entity {verdict.kind}">{segments(text, start, end, layers)}')
        parts.append(f'<small dir="ltr">{escape(verdict.label)}</small></span>')
        at, wrong = end, wrong or verdict.kind != "right"
    parts.append(f"{escape(text[at:])}</p>")
    return Block("".join(parts), wrong)


class _Verdict:
    """What is to be said of spans, true and found, that hang together: a class of the legend, and a label."""

    def __init__(self, group: Sequence[Span], document: Judged) -> None:
        gold = [span for span in group if span in document.gold]
        found = [span for span in group if span in document.found]
        true_types = [span[2] for span in gold]
        types = [span[2] for span in found]
        scores = " ".join(f"{document.found[span]:.2f}" for span in found)
        if gold == found:
            self.kind = "right"
        elif not found:
            self.kind = "missed"
        elif not gold:
            self.kind = "spurious"
        else:
            self.kind = "borders" if set(true_types) == set(types) else "type"
        named = "+".join(true_types or types)
        if self.kind in ("type", "borders"):
            named = f"{named} → {'+'.join(types)}"
        self.label = f"{named} {scores}".strip()


def _groups(document: Judged) -> list[list[Span]]:
    """Spans that overlap, directly or by way of others, in text order."""
    groups: list[list[Span]] = []
    end = -1
    for span in sorted({*document.gold, *document.found}):
        if span[0] < end:
            groups[-1].append(span)
        else:
            groups.append([span])
        end = max(end, span[1])
    return groups
