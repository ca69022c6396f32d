"""One article as the rules read it: words, sentences, quotations and entities, by word number."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.arabic.quotations import Quotation, quotations
from pipeline.arabic.sentences import split
from pipeline.attribution.lexicon import Lexicon, lexicon
from pipeline.attribution.words import DIRECTIONS, Range, Word, words
from pipeline.records import Entity, Span

COMMAS = frozenset("،,؛;")
DASHES = frozenset("-–—/|*•· ")  # a lone tatweel folds to a space

_DIRECTION = re.compile(f"[{DIRECTIONS}]")
_DIRECTION_IN_MARKS = re.compile(f'(?<=")[{DIRECTIONS}]')


class Reading:
    """The article's text and what stands where in it. All positions are word numbers unless named `char`.

    `sentences` are ranges of words; one that ends inside a quotation goes on to that quotation's end;
    `stops` are all ends, those inside quotations too.
    `opens[i]` is the quotation that the mark at word `i` opens; `closes[i]` the word number of the
    opening mark that the mark at word `i` answers; `quote_at[i]` the number of the innermost
    one around word `i`, or -1; `entity_at[i]` the number of the entity that covers it, or -1.
    """

    def __init__(self, text: str, entities: Sequence[Entity]) -> None:
        self.text = text
        self.entities = entities
        self.lexicon: Lexicon = lexicon()
        self.words: list[Word] = words(text)
        self.starts = [word.start for word in self.words]
        self.quotations = quotations(_DIRECTION.sub(" ", _DIRECTION_IN_MARKS.sub("(", text)))  # so a mark opens
        self.opens: dict[int, Quotation] = {}
        self.closes: dict[int, int] = {}
        self.quote_at = self._quote_at()
        self.entity_at = self._entity_at()
        self.stops: list[int] = []
        self.sentences = self._sentences()

    def form(self, at: int) -> str:
        """The folded form of word `at`; empty outside the text."""
        return self.words[at].form if 0 <= at < len(self.words) else ""

    def word_at(self, char: int) -> int:
        """The number of the first word that starts at or behind `char`."""
        return bisect_left(self.starts, char)

    def listed(self, name: str, at: int) -> bool:
        """Is word `at`, with or without «و» or «ف» written on, in the lexicon's list `name`?"""
        form = self.form(at)
        entries = self.lexicon.lists[name]
        return form in entries or (form[:1] in ("و", "ف") and form[1:] in entries)

    def contrasts(self, at: int) -> bool:
        """Does a clause that contrasts begin at word `at`? «لكن», «بينما», «في حين»."""
        return self.form(at) in self.lexicon.lists["strong"] or (
            self.form(at) == "في" and self.form(at + 1) == "حين"
        )

    def separates(self, at: int) -> bool:
        """Is word `at` a comma or a dash?"""
        return self.form(at) in COMMAS or self.form(at) in DASHES

    def span(self, start: int, end: int) -> Span | None:
        """The span of the code points `start` to `end`, at its edges neither white space nor marks of direction.

        None if nothing is left.
        """
        while start < end and (self.text[start].isspace() or self.text[start] in DIRECTIONS):
            start += 1
        while end > start and (self.text[end - 1].isspace() or self.text[end - 1] in DIRECTIONS):
            end -= 1
        return Span(start=start, end=end, text=self.text[start:end]) if start < end else None

    def stop(self, at: int) -> int:
        """The first end of a sentence behind word `at`, inside a quotation too."""
        found = bisect_right(self.stops, at)
        return self.stops[found] if found < len(self.stops) else len(self.words)

    def behind(self, quotation: Quotation) -> int:
        """The first word behind a quotation."""
        return self.word_at(quotation.end)

    def _quote_at(self) -> list[int]:
        around = [-1] * len(self.words)
        inside: list[int] = []
        following = 0
        for at, word in enumerate(self.words):
            while inside and self.quotations[inside[-1]].end <= word.start:
                inside.pop()
            while following < len(self.quotations) and self.quotations[following].start < word.start:
                following += 1
            if following < len(self.quotations) and self.quotations[following].start == word.start:
                self.opens[at] = self.quotations[following]
                around[at] = inside[-1] if inside else -1
                inside.append(following)
                following += 1
            elif inside:
                closing = self.quotations[inside[-1]]
                if word.start >= closing.inner_end:
                    self.closes[at] = self.word_at(closing.start)
                    inside.pop()
                around[at] = inside[-1] if inside else -1
        return around

    def _entity_at(self) -> list[int]:
        cover = [-1] * len(self.words)
        for number, entity in enumerate(self.entities):
            at = max(self.word_at(entity.start + 1) - 1, 0)
            while at < len(self.words) and self.words[at].start < entity.end:
                if self.words[at].end > entity.start:
                    cover[at] = number
                at += 1
        return cover

    def _sentences(self) -> list[Range]:
        found: list[Range] = []
        first = 0
        for _, char in split(_DIRECTION.sub(" ", self.text)):
            last = self.word_at(char)
            self.stops.append(last)
            if last > first and (last >= len(self.words) or not self._inside(last)):
                found.append((first, last))
                first = last
        if first < len(self.words):
            found.append((first, len(self.words)))
        return found

    def _inside(self, at: int) -> bool:
        """Would a sentence that ends before word `at` end inside a quotation?"""
        number = self.quote_at[at]
        return number >= 0 and self.quotations[number].start < self.words[at - 1].end
