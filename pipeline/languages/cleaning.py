"""From a text to its words: letters alone, of one form each, without what must not matter.

Every step is linear in the text, whatever the text is: no normalisation of long runs of combining marks (which is
quadratic), no pattern that starts again inside a run of its own letters.
"""

from __future__ import annotations

import re
import unicodedata

# Bidi marks and isolates, zero-width joiners and spaces, the soft hyphen, variation selectors, the byte order
# mark, vowel signs as presentation forms, and tatweel, which stretches a word and says nothing.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u0640\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufe70-\ufe7f\ufeff]+"
)
_PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe80-\ufefc]+")
# A hamza or madda written apart from its letter, as decomposed text has it, belongs to the letter.
_COMPOSED = {"ا\u0653": "آ", "ا\u0654": "أ", "ا\u0655": "إ", "و\u0654": "ؤ", "ي\u0654": "ئ"}
_APART = re.compile("|".join(_COMPOSED))
_MARKS_APART = "\u0653\u0654\u0655"
# Vowel signs, Qur'anic signs, and the accents of other scripts.
_DIACRITICS = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff]+"
)
# Addresses of pages and people are Latin in any language; Arabic letters end one.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[!-~]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{2,64}|@\w{1,64}",
    re.IGNORECASE | re.ASCII,
)
# Scripts without spaces run on: a word ends after 40 letters, that none may be as long as the text. Sindhi writes
# "and" and "in" with signs of their own, which Unicode counts as no letters.
_WORD = re.compile("[^\\W\\d_]{1,40}|[\u06fd\u06fe]")
_ARABIC_LETTER = re.compile(
    "[\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u0870-\u08c9]"
)
_FOLDING = str.maketrans("یک", "يك")


def words_of(text: str) -> list[str]:
    """The words of `text` in order, of any script: letters only, without diacritics, tatweel, marks, addresses."""
    text = _IGNORABLE.sub("", text)
    text = _PRESENTATION_FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if any(mark in text for mark in _MARKS_APART):
        text = _APART.sub(lambda found: _COMPOSED[found[0]], text)
    text = _DIACRITICS.sub("", text)
    if any(sign in text for sign in ("@", "://", "www.")):
        text = _ADDRESS.sub(" ", text)
    return _WORD.findall(text)


def is_arabic_script(word: str) -> bool:
    """Whether a word begins with a letter of the Arabic script, of any language."""
    return _ARABIC_LETTER.match(word) is not None


def fold(word: str) -> str:
    """The word with the letters that keyboards write differently made one: ی to ي, ک to ك."""
    return word.translate(_FOLDING)
