"""Folding of Arabic spelling, for comparing texts. Offsets are not kept: nothing here may reach a span."""

from __future__ import annotations

import re
import unicodedata

_FOLDED = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",  # alef: hamza is often left out
        "ى": "ي", "ی": "ي",  # ya: final ya is written without dots in Egypt, and Persian keyboards have their own
        "ک": "ك",
        "ـ": None,  # tatweel
        **{digit: str(digit - 0x0660) for digit in range(0x0660, 0x066A)},
        **{digit: str(digit - 0x06F0) for digit in range(0x06F0, 0x06FA)},
    }
)  # fmt: skip
_NOT_WORD = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """`text` as words between single spaces, without diacritics, tatweel, punctuation and invisible signs.

    Forms of alef and of ya are one, presentation forms are letters (Unicode NFKC), digits are ASCII,
    Latin is lower case. Idempotent.
    """
    decomposed = unicodedata.normalize("NFKC", text).translate(_FOLDED).casefold()
    letters = "".join(sign for sign in decomposed if unicodedata.category(sign) not in ("Mn", "Cf"))
    return _NOT_WORD.sub(" ", letters).strip()
