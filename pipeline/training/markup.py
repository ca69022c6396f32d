"""Annotated news: the format of `authored_news`, read into texts with exact entity spans.

A file holds documents, each a line `### ID` and then lines of text up to the next `###`. In the text, tags nest
and do not cross: `<PER> <ORG> <LOC> <MISC>` mark entities (none inside another), `<s i=1>
<c i=1 f=…> <t i=1 q=…>` the parts of attributions, which the entity trainer passes over. Offsets count code
points of the text without tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pipeline.errors import KhabarError
from pipeline.records import EntityType

_TAG = re.compile(r"<(/?)(PER|ORG|LOC|MISC|s|c|t)(?:\s+[iqf]=\w+)*\s*>")
_ENTITIES = ("PER", "ORG", "LOC", "MISC")


@dataclass(frozen=True)
class Label:
    """An entity as a person marked it: code points `start` to `end`, half-open."""

    start: int
    end: int
    type: EntityType


@dataclass(frozen=True)
class Document:
    """A text and its entities, in order."""

    id: str
    text: str
    labels: tuple[Label, ...]


def read(path: Path) -> list[Document]:
    """The documents of a file.

    Raises:
        KhabarError: a tag is unknown, left open, crosses another, or marks nothing.
    """
    return [_parse(name, marked) for name, marked in _documents(path.read_text(encoding="utf-8"))]


def _documents(content: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^###", content, flags=re.MULTILINE)[1:]:
        name, _, marked = part.partition("\n")
        yield name.strip(), marked.strip()


def _parse(name: str, marked: str) -> Document:
    text, at = "", 0
    labels: list[Label] = []
    opened: list[tuple[str, int]] = []
    for tag in _TAG.finditer(marked):
        text += marked[at : tag.start()]
        at = tag.end()
        if not tag[1]:
            opened.append((tag[2], len(text)))
            continue
        if not opened or opened[-1][0] != tag[2]:
            raise KhabarError(f"{name}: </{tag[2]}> closes nothing or crosses another tag, near «{text[-30:]}»")
        kind, start = opened.pop()
        span = text[start:]
        if not span or span != span.strip():
            raise KhabarError(f"{name}: <{kind}> marks nothing, or space at its edge: «{span}»")
        if kind in _ENTITIES:
            if any(outer in _ENTITIES for outer, _ in opened):
                raise KhabarError(f"{name}: entity inside an entity: «{span}»")
            labels.append(Label(start, len(text), cast(EntityType, kind)))
    text += marked[at:]
    if opened or "<" in text or ">" in text:
        raise KhabarError(f"{name}: a tag is unknown or left open")
    return Document(name, text, tuple(sorted(labels, key=lambda label: label.start)))
