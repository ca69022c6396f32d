"""How well entities are found, against files that people have annotated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipeline.errors import KhabarError
from pipeline.evaluation.columns import Sentence, lines_of, read_columns
from pipeline.evaluation.scores import SpanScores
from pipeline.tagger.labels import TYPES
from pipeline.tagger.tagger import Tagger

# Texts of one call: what the stream's batches hold at their fullest.
TEXTS = 64
# Sentences of columns in one text: as many as a short article has.
RUN = 10


class _Entity(msgspec.Struct, frozen=True):
    type: str
    start: int
    end: int
    text: str


class _Line(msgspec.Struct, frozen=True):
    text: str
    entities: list[_Entity]
    id: str | None = None


@dataclass(frozen=True)
class _Document:
    """A text and its true spans; `tokens` are the ranges that answers are widened to, if the file has tokens."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    tokens: tuple[tuple[int, int], ...] | None


def evaluate_entities(path: Path, tagger: Tagger, *, types: Sequence[str] = TYPES) -> dict[str, Any]:
    """Strict scores of `tagger` on a file: right are only spans with exact borders and the right type.

    The file is JSON Lines of {"text", "entities": [{"type", "start", "end", "text"}]}, or CoNLL columns (a token
    and its IOB2 tag a line, an empty line after each sentence; a stray I- opens an entity). Of columns, which do
    not say where a document ends, RUN neighbouring sentences are read as one text, a line each, tokens joined by a
    space, and an answer that covers part of a token counts as all of it.
    Entities of other types than `types` count neither as found nor as missed.

    Returns:
        precision, recall, f1: over all types together, 0 to 1, 4 decimals.
        by_type: for each type its precision, recall, f1, and `entities`, how many there are.
        entities: how many the file has of these types.
        documents: texts in the file (runs of sentences, where it has columns).
        model: the tagger's version.

    Raises:
        KhabarError: a type is unknown, or the file is empty, unreadable or malformed; the message names the line.
        Retry, Stop: from the tagger.
    """
    unknown = set(types) - set(TYPES)
    if unknown or not types:
        raise KhabarError(f"no such type: {', '.join(sorted(unknown)) or '(none)'}; there are {', '.join(TYPES)}")
    documents = _read(path)
    scores = SpanScores()
    for chunk in _chunks(documents):
        for document, mentions in zip(chunk, tagger.tag([document.text for document in chunk]), strict=True):
            found = [(mention.start, mention.end, str(mention.type)) for mention in mentions]
            if document.tokens is not None:
                found = [(*_snapped(start, end, document.tokens), kind) for start, end, kind in found]
            scores.add(
                (span for span in found if span[2] in types),
                (span for span in document.spans if span[2] in types),
            )
    return {
        **scores.all.shares(),
        "by_type": {
            kind: {**scores.by_type[kind].shares(), "entities": scores.by_type[kind].wanted} for kind in types
        },
        "entities": scores.all.wanted,
        "documents": len(documents),
        "model": tagger.version,
    }


def _chunks(documents: Sequence[_Document]) -> Iterator[Sequence[_Document]]:
    for at in range(0, len(documents), TEXTS):
        yield documents[at : at + TEXTS]


def _snapped(start: int, end: int, tokens: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The span widened to whole tokens."""
    touched = [token for token in tokens if token[0] < end and start < token[1]]
    return touched[0][0], touched[-1][1]


def _read(path: Path) -> list[_Document]:
    lines = lines_of(path)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise KhabarError(f"{path} is empty")
    if first.lstrip().startswith("{"):
        return [_document(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    sentences = read_columns(path)
    return [_joined(sentences[at : at + RUN]) for at in range(0, len(sentences), RUN)]


def _joined(sentences: Sequence[Sentence]) -> _Document:
    """Neighbouring sentences as one text, a line each."""
    spans: list[tuple[int, int, str]] = []
    tokens: list[tuple[int, int]] = []
    at = 0
    for sentence in sentences:
        spans += [(at + span.start, at + span.end, str(span.type)) for span in sentence.spans]
        tokens += [(at + start, at + end) for start, end in sentence.tokens]
        at += len(sentence.text) + 1
    return _Document("\n".join(sentence.text for sentence in sentences), tuple(spans), tuple(tokens))


def _document(path: Path, number: int, line: str) -> _Document:
    try:
        read = msgspec.convert(orjson.loads(line), _Line)
    except (orjson.JSONDecodeError, msgspec.ValidationError) as error:
        raise KhabarError(f"{path}, line {number}: {error}") from None
    for entity in read.entities:
        if entity.type not in TYPES:
            raise KhabarError(f"{path}, line {number}: no such type: {entity.type}; there are {', '.join(TYPES)}")
        inside = 0 <= entity.start < entity.end <= len(read.text)
        if not inside or read.text[entity.start : entity.end] != entity.text:
            raise KhabarError(
                f"{path}, line {number}: «{entity.text}» does not stand at {entity.start} to {entity.end}"
            )
    spans = tuple((entity.start, entity.end, entity.type) for entity in read.entities)
    return _Document(read.text, spans, tokens=None)
