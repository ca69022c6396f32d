"""Who is who in an annotated text, and who speaks: beside the text, or in a file of its own without it.

A stand-off file is JSON Lines of {"id", "sha256", "entities": [[start, end, id]…], "claimants": [{"cue":
[start, end], "claimant": null | {"entities": [id…], "words": [[start, end]…]}}…]}: `sha256` is of the UTF-8 text,
spans of one thing share an id, and a claimant is right where any one of its entities or of its words is meant;
null is nobody.
`gold_news/reference.jsonl` is of that form, for articles that may not be copied here.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import orjson

from pipeline.errors import KhabarError
from pipeline.evaluation.columns import lines_of

GOLD_NEWS = Path(str(files("pipeline.evaluation").joinpath("gold_news", "reference.jsonl")))

Extent = tuple[int, int]
T = TypeVar("T")


class Speaker(msgspec.Struct, frozen=True):
    """Who is meant: entities by their ids, or words that say who where nobody is named; any one is right."""

    entities: list[str]
    words: list[Extent]


class Speaking(msgspec.Struct, frozen=True):
    """Who speaks at a cue, None where it is nobody."""

    cue: Extent
    claimant: Speaker | None


class Reference(msgspec.Struct, frozen=True):
    """One text's entities and speakers."""

    id: str
    sha256: str
    entities: list[tuple[int, int, str]]
    claimants: list[Speaking] = []

    def thing(self, start: int, end: int) -> str | None:
        """The id of the first entity that overlaps these code points."""
        return next((name for since, until, name in self.entities if since < end and start < until), None)


def read_references(path: Path = GOLD_NEWS) -> Mapping[str, Reference]:
    """References by the hash of their text.

    Raises:
        KhabarError: the file cannot be read, or a line is not of that form.
    """
    found = {}
    for number, line in enumerate(lines_of(path), 1):
        if line.strip():
            one = converted(path, number, line, Reference)
            found[one.sha256] = one
    return found


def reference_of(text: str, references: Mapping[str, Reference]) -> Reference | None:
    """What is known of exactly this text."""
    return references.get(sha256(text.encode(errors="surrogatepass")).hexdigest())


def converted(path: Path, number: int, line: str, kind: type[T]) -> T:
    """One line as that kind.

    Raises:
        KhabarError: it is not; the message names the file and the line.
    """
    try:
        read: Any = orjson.loads(line)
        return msgspec.convert(read, kind)
    except (orjson.JSONDecodeError, msgspec.ValidationError) as error:
        raise KhabarError(f"{path}, line {number}: {error}") from None
