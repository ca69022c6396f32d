"""Folding of Arabic spelling, for comparing texts. Offsets are not kept: nothing here may reach a span."""

from __future__ import annotations

import re
import unicodedata

_FOLDED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "أإآٱ"), "ا"),  # alef: hamza is often left out
    **dict.fromkeys(map(ord, "ىی"), "ي"),  # final ya goes without dots in Egypt; Persian keyboards have their own
    ord("ک"): "ك",
    ord("ـ"): None,  # tatweel
    **{digit: str(digit - 0x0660) for digit in range(0x0660, 0x066A)},
    **{digit: str(digit - 0x06F0) for digit in range(0x06F0, 0x06FA)},
}
_NOT_WORD = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """`text` as words between single spaces, without diacritics, tatweel, punctuation and invisible signs.

    Forms of alef and of ya are one, presentation forms are letters (Unicode NFKC), digits are ASCII,
    Latin is lower case. Idempotent.
    """
    decomposed = unicodedata.normalize("NFKC", text).translate(_FOLDED).casefold()
    letters = "".join(sign for sign in decomposed if unicodedata.category(sign) not in ("Mn", "Cf"))
    return _NOT_WORD.sub(" ", letters).strip()
