"""How well entities are found, against files that people have annotated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import KhabarError
from pipeline.evaluation.annotated import Document, Span, read_annotated
from pipeline.evaluation.confusion import confusion
from pipeline.evaluation.intervals import counted, intervals
from pipeline.evaluation.reliability import reliability
from pipeline.evaluation.scores import SpanScores
from pipeline.tagger.labels import TYPES
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger

# Texts of one call: what the stream's batches hold at their fullest.
TEXTS = 64


@dataclass(frozen=True)
class Judged:
    """A text with its true spans, and those found in it with their scores, of the types that count."""

    text: str
    gold: frozenset[Span]
    found: dict[Span, float]


def evaluate_entities(path: Path, tagger: Tagger, *, types: Sequence[str] = TYPES) -> dict[str, Any]:
    """Strict scores of `tagger` on a file: right are only spans with exact borders and the right type.

    The file is JSON Lines of {"text", "entities": [{"type", "start", "end", "text"}]}, or CoNLL columns (a token
    and its IOB2 tag a line, an empty line after each sentence; a stray I- opens an entity). Of columns, ten
    neighbouring sentences are one text, tokens joined by a space, and an answer that covers part of a token
    counts as all of it.
    Entities of other types than `types` count neither as found nor as missed.

    Returns:
        What `entity_scores` does, and `model`: the tagger's version.

    Raises:
        KhabarError: a type is unknown, or the file is empty, unreadable or malformed; the message names the line.
        Retry, Stop: from the tagger.
    """
    return {**entity_scores(judged(path, tagger, types), types), "model": tagger.version}


def judged(path: Path, tagger: Tagger, types: Sequence[str] = TYPES) -> list[Judged]:
    """What `tagger` finds in each document of a file beside what is there; see `evaluate_entities`."""
    unknown = set(types) - set(TYPES)
    if unknown or not types:
        raise KhabarError(f"no such type: {', '.join(sorted(unknown)) or '(none)'}; there are {', '.join(TYPES)}")
    return judged_documents(read_annotated(path), tagger, types)


def judged_documents(documents: Sequence[Document], tagger: Tagger, types: Sequence[str] = TYPES) -> list[Judged]:
    """What `tagger` finds in documents beside what is there."""
    answers: list[Judged] = []
    for at in range(0, len(documents), TEXTS):
        chunk = documents[at : at + TEXTS]
        found = tagger.tag([document.text for document in chunk])
        answers += [_judged(document, mentions, types) for document, mentions in zip(chunk, found, strict=True)]
    return answers


def entity_scores(documents: Sequence[Judged], types: Sequence[str] = TYPES) -> dict[str, Any]:
    """Scores over documents.

    Returns:
        precision, recall, f1: over all types together, 0 to 1, 4 decimals.
        by_type: for each type its precision, recall, f1, and `entities`, how many there are.
        entities: how many the file has of these types.
        documents: texts in the file (runs of sentences, where it has columns).
        intervals: 95 % intervals, [from, to], of precision, recall and f1, and `by_type`; see `intervals`.
        confusion: see `confusion`.
        reliability: see `reliability`.
    """
    scores = SpanScores()
    for document in documents:
        scores.add(document.found, document.gold)
    return {
        **scores.all.shares(),
        "by_type": {
            kind: {**scores.by_type[kind].shares(), "entities": scores.by_type[kind].wanted} for kind in types
        },
        "entities": scores.all.wanted,
        "documents": len(documents),
        "intervals": intervals(counted([(d.gold, d.found) for d in documents], types), types),
        "confusion": confusion(((d.gold, d.found) for d in documents), types),
        "reliability": reliability(
            [score for d in documents for score in d.found.values()],
            [span in d.gold for d in documents for span in d.found],
        ),
    }


def _judged(document: Document, mentions: Sequence[Mention], types: Sequence[str]) -> Judged:
    found: dict[Span, float] = {}
    for mention in mentions:
        span = (*document.widened(mention.start, mention.end), str(mention.type))
        if mention.type in types:  # two that are widened to one count once
            found[span] = max(mention.score, found.get(span, 0.0))
    return Judged(document.text, frozenset(span for span in document.spans if span[2] in types), found)
