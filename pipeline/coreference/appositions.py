"""Two names side by side that are one thing's: «الاتحاد الدولي لكرة القدم (فيفا)», «فلان، الملقب بـ«أبو عمر»»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.coreference.names import Name, lexicon
from pipeline.tagger.mentions import Mention

_OPENED = re.compile(r"\s*(?:[(\[]\s*[\"«“]?|[\"«“])\s*")
_CLOSED = re.compile(r"\s*[\"»”]?\s*[)\]]|\s*[\"»”]")
_FURTHEST = 25  # signs between two names of one person
_MARKS = re.compile(r"[،,\"«»“”()\s:ـ]+")


def pairs(text: str, mentions: Sequence[Mention], names: Sequence[Name]) -> Iterator[tuple[Name, Name]]:
    """Names that the text says are one thing's. `mentions` in their order, with their names."""
    for place in range(len(mentions) - 1):
        one, other = mentions[place], mentions[place + 1]
        if one.type != other.type or not one.end < other.start <= one.end + _FURTHEST:
            continue
        between = text[one.end : other.start]
        if one.type == "PER":
            is_kunya = names[place + 1].words[0] in ("ابو", "ام")
            together = _MARKS.sub(" ", between).strip() in _aliases() or (
                is_kunya and _bracketed(text, between, other)
            )
        else:
            together = one.type == "ORG" and _bracketed(text, between, other)
        if together:
            yield names[place], names[place + 1]


def _bracketed(text: str, between: str, other: Mention) -> bool:
    return bool(_OPENED.fullmatch(between) and _CLOSED.match(text, other.end))


@cache
def _aliases() -> frozenset[str]:
    return frozenset(" ".join(entry.split()) for entry in lexicon().aliases.split("|")) - {""}
