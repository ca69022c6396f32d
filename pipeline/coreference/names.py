"""Names: what a mention says, folded so that spelling does not matter, and the words that are no part of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from pipeline.arabic.normalise import normalised
from pipeline.records import EntityType

Words = tuple[str, ...]

_FOLDED = str.maketrans({"ئ": "ء", "ؤ": "ء"})
_KUNYA = {"ابي": "ابو", "ابا": "ابو"}
_TOGETHER = {"عبد", "ال"}  # «عبد الله», «عبدالله»; «آل سعود», «السعود»
_TITLED = re.compile(r"\S+\s+")


class Name(NamedTuple):
    """One way in which an article names something: its type, its folded words, and how it is first written."""

    type: EntityType
    words: Words
    written: str


class Lexicon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`lexicon.toml`: words by what they are; the file says what each list is for."""

    titles: str
    organisations: str
    qualities: str
    bare: str
    apart: str
    offices: str
    places: str
    aliases: str
    known: list[str]

    def words(self, listed: str) -> frozenset[str]:
        """One of the lists, folded."""
        return frozenset(word for entry in listed.split() for word in folded(entry))


@cache
def lexicon() -> Lexicon:
    data = files("pipeline.coreference").joinpath("lexicon.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(data), Lexicon)


def folded(text: str) -> Words:
    """The words of a name as they are compared: «عبد الله» is «عبدالله», «أميركية» «امريكيه», «أبي» «ابو»."""
    plain = (_folded(word) for word in normalised(text.replace("+", " بلس")).split())
    together: list[str] = []
    for word in plain:
        if together and together[-1] in _TOGETHER:
            together[-1] += word
        else:
            together.append(_KUNYA.get(word, word))
    return tuple(together) or (text,)


def name_of(kind: EntityType, text: str, start: int, end: int) -> Name:
    """The name at `start` to `end` of an article.

    Behind «ل» the article has lost its alef: in «للشركة» the mention is «لشركة», the name «الشركة».
    """
    written = text[start:end]
    if start and written[0] == "ل" == text[start - 1] and len(written) > 2:
        written = "ا" + written
    if kind == "PER":
        written = _untitled(written)
    return Name(kind, folded(written), written)


def definite(word: str) -> str:
    """The word without its article: «الصيادي» and «صيادي» are compared by it."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def bare_words(words: Iterable[str]) -> Words:
    """All words without article, and without «ب», «ل» and «و» in front of one: «للسياحة» is «سياحه»."""
    return tuple(_bare(word) for word in words)


def _bare(word: str) -> str:
    for prefix in ("وال", "بال", "ولل", "لل", "ال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            return word[len(prefix) :]
    return word[1:] if word[0] in "بلو" and len(word) > 4 else word


def within(short: Words, long: Words) -> bool:
    """Do all words of the one stand in the other, in its order?"""
    rest: Iterator[str] = iter(long)
    return all(word in rest for word in short)


def only(short: Name, longer: list[Name]) -> Name | None:
    """The longest of the fuller names, if all the others are parts of it; else nobody can tell which is meant."""
    if not longer:
        return None
    longest = max(longer, key=lambda name: (len(name.words), len(name.written)))
    parts = all(within(other.words, longest.words) for other in longer)
    return longest if parts and longest.words != short.words else None


def _folded(word: str) -> str:
    word = word.translate(_FOLDED).replace("اميرك", "امريك")
    return word[:-1] + "ه" if word.endswith("ة") else word


def _untitled(written: str) -> str:
    titles = lexicon().words(lexicon().titles)
    while (first := _TITLED.match(written)) and folded(first.group())[0] in titles:
        written = written[first.end() :]
    return written
