"""What one word of Arabic script says: how much it speaks for Arabic, and whose letters it has if not.

The tables, and the weights with where they come from, are in evidence.toml.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import msgspec

from pipeline.languages.cleaning import fold

# The article, alone or after و ف ب ك ل. Two letters must follow: "الي" is Persian keyboard for "إلى".
_ARTICLE = re.compile(r"(?:[وف]?(?:ال|بال|كال|لل)|وبال|ولل)\w{2,}")


class _Letters(msgspec.Struct, frozen=True):
    foreign: list[str]
    borrowed: str
    teh_marbuta: str
    hamza: str
    kaf: str
    guttural: str
    of: dict[str, str]


class _Tables(msgspec.Struct, frozen=True):
    letters: _Letters
    words: dict[str, str]
    weights: dict[str, float]


class Sign(NamedTuple):
    """What a word says: the marks it bears, the log-odds they give for Arabic, the languages it points to."""

    marks: tuple[str, ...]
    weight: float
    languages: tuple[str, ...]


class Evidence:
    """The tables of evidence.toml, ready to look words up in."""

    def __init__(self, tables: _Tables) -> None:
        letters = tables.letters
        self.weights = tables.weights
        self._letters = {
            "foreign": frozenset("".join(letters.foreign)),
            "borrowed": frozenset(letters.borrowed),
            "teh_marbuta": frozenset(letters.teh_marbuta),
            "hamza": frozenset(letters.hamza),
            "kaf": frozenset(letters.kaf),
            "guttural": frozenset(letters.guttural),
        }
        self._letters_of = {code: frozenset(found) for code, found in letters.of.items()}
        words = {code: frozenset(map(fold, listed.split())) for code, listed in tables.words.items()}
        self._arabic = words.pop("ar") | words.pop("dialects")
        self._words_of = words
        self._foreign: frozenset[str] = frozenset().union(*words.values()) - self._arabic

    def sign(self, word: str) -> Sign:
        """The sign of one word as `words_of` gives it."""
        marks = [name for name, letters in self._letters.items() if not letters.isdisjoint(word)]
        languages = [code for code, letters in self._letters_of.items() if not letters.isdisjoint(word)]
        folded = fold(word)
        if folded in self._arabic:
            marks.append("arabic_word")
        elif folded in self._foreign:
            marks.append("foreign_word")
            languages += [code for code, words in self._words_of.items() if folded in words]
        else:
            marks.append("article" if _ARTICLE.match(word) else "plain")
        return Sign(tuple(marks), sum(self.weights[mark] for mark in marks), tuple(languages))


@lru_cache(maxsize=1)
def evidence() -> Evidence:
    """The evidence of evidence.toml, read once."""
    data = resources.files(__package__).joinpath("evidence.toml").read_bytes()
    return Evidence(msgspec.convert(tomllib.loads(data.decode()), _Tables))


@lru_cache(maxsize=1 << 14)
def sign_of(word: str) -> Sign:
    """The sign of a word; the commonest words of a wire stay at hand."""
    return evidence().sign(word)
