"""Breaks: where a report ends because another begins beside it, or because the outlet speaks again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from pipeline.attribution.cues import Found
from pipeline.attribution.reading import COMMAS, Reading

_REACH_BACK = 25
_ASIDE_REACH = 120


class Breaks(NamedTuple):
    """Words at which a report ends because another begins beside it, by the quotation they stand in."""

    by_quotation: dict[int, list[int]]

    def after(self, quotation: int, word: int, end: int) -> int:
        """The first break behind `word` in that quotation, `end` at the latest."""
        places = self.by_quotation.get(quotation, [])
        at = bisect_right(places, word)
        return min(places[at], end) if at < len(places) else end

    def before(self, quotation: int, word: int, start: int) -> int:
        """The last break before `word` in that quotation, `start` at the earliest."""
        places = self.by_quotation.get(quotation, [])
        at = bisect_left(places, word)
        return max(places[at - 1], start) if at else start


def breaks(reading: Reading, cues: list[Found]) -> Breaks:
    """The breaks that `cues` make; none where a cue belongs into the report around it («أنها تتوقع»)."""
    by_quotation: dict[int, list[int]] = {}
    for found in cues:
        at = _break(reading, found)
        if at is not None:
            by_quotation.setdefault(reading.quote_at[found.at], []).append(at)
    return Breaks({number: sorted(places) for number, places in by_quotation.items()})


def aside(reading: Reading, begins: int, end: int, around: int) -> int:
    """Where the outlet adds something of its own («…، وهو ما أثار جدلاً»), `end` at the latest."""
    asides = reading.lexicon.lists["aside"]
    for word in range(begins + 1, min(end, begins + _ASIDE_REACH)):
        if reading.form(word - 1) in COMMAS and reading.quote_at[word] == around:
            form = reading.form(word)
            pair = f"{form}+{reading.form(word + 1)}"
            if form in asides or pair in asides or form in reading.lexicon.lists["beside"]:
                return word
        elif word - 1 in reading.closes and (reading.form(word), reading.form(word + 1)) == ("في", "اشارة"):
            return word  # «هناك تعليقات مثل "…" في إشارة إلى»
    return end


def _break(reading: Reading, found: Found) -> int | None:
    """The word that ends the report before this cue: its comma, its «و», the contrast it stands in."""
    back = found.at
    if found.cue.kind == "noun":
        if reading.form(back - 1) != "حد":
            return None
        back -= 2  # «، على حد قول فلان»
    elif found.cue.kind == "verb":
        contrast = _contrast(reading, found)
        if contrast is not None:
            back = contrast
        elif not found.joined and not (_subordinate(reading, found.first) and reading.form(back - 1) in COMMAS):
            return None
    while back > found.first and reading.separates(back - 1):
        back -= 1
    return back


def _subordinate(reading: Reading, first: int) -> bool:
    """«وبينما نفى الأول، اتهم الثاني …»: two reports in one sentence, the first subordinate."""
    return any(reading.listed("while", word) for word in range(first, min(first + 3, len(reading.words))))


def _contrast(reading: Reading, found: Found) -> int | None:
    """Where «، لكن …», «، فيما …», «، كما …» begins the clause that the cue stands in."""
    around = reading.quote_at[found.at]
    for word in range(found.at - 1, max(found.first, found.at - _REACH_BACK), -1):
        if reading.quote_at[word] != around or reading.form(word - 1) not in COMMAS:
            continue
        if reading.contrasts(word) or reading.form(word) == "كما":
            return word
    return None
