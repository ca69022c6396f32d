"""Places: countries by their ISO 3166-1 code, under old and variant spellings too, and names without «مدينة»."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pipeline.coreference.names import Name, Words, folded, lexicon, only

_LETTERS = str.maketrans({"غ": "ج", "ڤ": "ف", "پ": "ب", "چ": "ج", "گ": "ج"})
_OMAN, _SULTANATE, _DAMMA = folded("عمان"), folded("سلطنة عمان"), "ع\u064f"


def code(name: Name, *, oman: bool) -> str | None:
    """The two letters of ISO 3166-1, None where the place is no country.

    «عمان» is Oman or Amman: `oman` says which is meant where its signs do not.
    """
    if name.words == _OMAN:
        return "OM" if oman or _DAMMA in name.written else None
    return _countries().get(_spelt(name.words)) or _countries().get(_spelt(_headless(name.words)))


def means_oman(text: str, names: Sequence[Name]) -> bool:
    """Is «عمان» the sultanate here: does the article call it so, and not speak of Jordan?"""
    words = {name.words for name in names if name.type == "LOC"}
    if _SULTANATE in words or "سلطنة عمان" in text or "سلطنة عُمان" in text:
        return True
    return folded("مسقط") in words and folded("الأردن") not in words


def fuller(short: Name, others: Sequence[Name]) -> Name | None:
    """«كردستان» is «كردستان العراق», «تدمر» «مدينة تدمر»; None where two could be meant."""
    longer = [other for other in others if len(other.words) > len(short.words)]
    return only(short, [other for other in longer if _headless(other.words) == short.words]) or only(
        short, [other for other in longer if _in_country(short.words, other.words)]
    )


def _in_country(short: Words, long: Words) -> bool:
    return long[: len(short)] == short and _spelt(long[len(short) :]) in _countries()


def _headless(words: Words) -> Words:
    heads = lexicon().words(lexicon().places)
    return words[1:] if len(words) > 1 and words[0] in heads else words


def _spelt(words: Words) -> Words:
    """As countries are looked up: «تركية» is «تركيا», «الجابون» «الغابون», «الولايات المتحده» too."""
    return tuple((word[:-1] + "ا" if word.endswith("ه") else word).translate(_LETTERS) for word in words)


@cache
def _countries() -> dict[Words, str]:
    """Codes by name. A name that two countries would share is nobody's; a test says that there is none."""
    table = files("pipeline.coreference").joinpath("countries.tsv").read_text(encoding="utf-8")
    found: dict[Words, str] = {}
    for row in table.splitlines():
        country, *names = row.split("\t")
        for name in names:
            found.setdefault(_spelt(folded(name)), country)
    return found
