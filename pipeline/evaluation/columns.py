"""Files of CoNLL columns: a token and its tag a line, an empty line after each sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pipeline.errors import KhabarError
from pipeline.records import EntityType

_TYPES = {"PER": "PER", "PERS": "PER", "LOC": "LOC", "ORG": "ORG", "MISC": "MISC"}


@dataclass(frozen=True)
class Span:
    """An entity: code points of the sentence's text."""

    start: int
    end: int
    type: EntityType


@dataclass(frozen=True)
class Sentence:
    """Tokens joined by single spaces; `tokens` are their code-point ranges, `spans` the entities, in order."""

    text: str
    tokens: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...]


def read_columns(path: Path) -> list[Sentence]:
    """The sentences of a file in the IOB2 scheme; an I- with nothing of its type to continue opens an entity.

    Raises:
        KhabarError: the file cannot be read, or a line is no token and tag; the message names the line.
    """
    return columns(lines_of(path), path)


def columns(lines: Sequence[str], path: Path) -> list[Sentence]:
    """The same of lines that are read already; `path` is for messages."""
    sentences: list[Sentence] = []
    rows: list[tuple[str, str]] = []
    for number, line in enumerate([*lines, ""], 1):
        fields = line.split()
        if not fields:
            if rows:
                sentences.append(_sentence(rows))
            rows = []
        elif len(fields) != 2 or not _is_tag(fields[1]):
            raise KhabarError(f"{path}, line {number}: «{line}» is no token and tag (B-PER, I-LOC, …, O)")
        else:
            rows.append((fields[0], fields[1]))
    return sentences


def lines_of(path: Path) -> list[str]:
    """The lines of a UTF-8 file.

    Raises:
        KhabarError: it cannot be read, or is no UTF-8.
    """
    try:
        # Only line feeds end a line: U+0085 and U+2028 may stand inside a text.
        return [line.removesuffix("\r") for line in path.read_text(encoding="utf-8-sig").split("\n")]
    except OSError as error:
        raise KhabarError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise KhabarError(f"{path} is no UTF-8: {error.reason} at byte {error.start}") from None


def _is_tag(tag: str) -> bool:
    part, _, kind = tag.partition("-")
    return tag == "O" or (part in ("B", "I") and kind in _TYPES)


def _sentence(rows: list[tuple[str, str]]) -> Sentence:
    tokens: list[tuple[int, int]] = []
    spans: list[Span] = []
    at = 0
    before = "O"
    for token, tag in rows:
        tokens.append((at, at + len(token)))
        part, _, name = tag.partition("-")
        if name:
            kind = cast(EntityType, _TYPES[name])
            if part == "I" and before == kind:
                spans[-1] = Span(spans[-1].start, at + len(token), kind)
            else:
                spans.append(Span(at, at + len(token), kind))
            before = kind
        else:
            before = "O"
        at += len(token) + 1
    return Sentence(" ".join(token for token, _ in rows), tuple(tokens), tuple(spans))
