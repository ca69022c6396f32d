"""Files that people have annotated with entities: JSON Lines with offsets, or CoNLL columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import orjson

from pipeline.errors import KhabarError
from pipeline.evaluation.columns import Sentence, lines_of, read_columns
from pipeline.tagger.labels import TYPES

RUN = 10  # sentences: as many as a short article has
Span = tuple[int, int, str]  # start and end in code points, half-open; type


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
class Document:
    """A text and its true spans; `tokens` are the ranges that answers are widened to, if the file has tokens."""

    text: str
    spans: tuple[Span, ...]
    tokens: tuple[tuple[int, int], ...] | None

    def widened(self, start: int, end: int) -> tuple[int, int]:
        """The range widened to whole tokens, where there are tokens."""
        touched = [token for token in self.tokens or () if token[0] < end and start < token[1]]
        return (touched[0][0], touched[-1][1]) if touched else (start, end)


def read_annotated(path: Path) -> list[Document]:
    """The documents of a file; of columns, which do not say where one ends, RUN neighbouring sentences are one.

    Raises:
        KhabarError: the file is empty, unreadable or malformed; the message names the line.
    """
    lines = lines_of(path)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise KhabarError(f"{path} is empty")
    if first.lstrip().startswith("{"):
        return [_document(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    sentences = read_columns(path)
    return [joined(sentences[at : at + RUN]) for at in range(0, len(sentences), RUN)]


def joined(sentences: Sequence[Sentence]) -> Document:
    """Neighbouring sentences as one text, a line each."""
    spans: list[Span] = []
    tokens: list[tuple[int, int]] = []
    at = 0
    for sentence in sentences:
        spans += [(at + span.start, at + span.end, str(span.type)) for span in sentence.spans]
        tokens += [(at + start, at + end) for start, end in sentence.tokens]
        at += len(sentence.text) + 1
    return Document("\n".join(sentence.text for sentence in sentences), tuple(spans), tuple(tokens))


def _document(path: Path, number: int, line: str) -> Document:
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
    return Document(read.text, spans, tokens=None)
