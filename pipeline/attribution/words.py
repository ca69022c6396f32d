"""Words and marks of a text with exact offsets, each with a folded form for looking things up.

Folding hides what writers vary: diacritics, tatweel, invisible joiners, hamza on alef, presentation
forms. It changes the form alone; offsets stay those of the text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they show nothing
_SIGNS = f"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200c\u200d{DIRECTIONS}"
_WORD = re.compile(rf"\w[\w{_SIGNS}]*|[^\s{_SIGNS}]|\n")
_SIGN = re.compile(rf"[{_SIGNS}]")
_ODD = re.compile(r"[أإآٱیکﭐ-﷿ﹰ-\ufefc]")
_LETTERS = str.maketrans("أإآٱیک", "اااايك")

# Final ya without dots, and with too many, in the words that the rules lean on
_SPELLINGS = {
    "فى": "في",
    "إلي": "الى",
    "الي": "الى",
    "التى": "التي",
    "الذى": "الذي",
    "أى": "اي",
    "حتي": "حتى",
}

Range = tuple[int, int]


class Word(NamedTuple):
    """A word, a mark or a line end of the text: code points `start` to `end`, and its folded form."""

    start: int
    end: int
    form: str

    @property
    def is_word(self) -> bool:
        """Letters or digits: no punctuation, no line end."""
        return self.form[:1].isalnum()


def folded(word: str) -> str:
    """The form under which a word is looked up: «أكّـــد» is «اكد», «مؤكداً» is «مؤكدا»."""
    form = _SIGN.sub("", word)
    form = _SPELLINGS.get(form, form)
    if _ODD.search(form):
        form = unicodedata.normalize("NFKC", form).translate(_LETTERS)
    return form


def words(text: str) -> list[Word]:
    """All words and marks of `text` in order. Linear; white space other than line ends is left out."""
    return [Word(match.start(), match.end(), folded(match.group()) or " ") for match in _WORD.finditer(text)]


def after_letter(text: str, start: int) -> int:
    """The offset behind the letter at `start` and the signs on it: in «وَقال» behind «وَ»."""
    end = start + 1
    while end < len(text) and _SIGN.match(text[end]):
        end += 1
    return end
