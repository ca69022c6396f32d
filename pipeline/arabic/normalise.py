"""Folding of Arabic spelling, for comparing texts. Offsets are not kept: nothing here may reach a span."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

_FOLDED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "أإآٱ"), "ا"),  # alef: hamza is often left out
    **dict.fromkeys(map(ord, "ىی"), "ي"),  # final ya goes without dots in Egypt; Persian keyboards have their own
    ord("ک"): "ك",
    ord("ـ"): None,  # tatweel
    **{digit: str(digit - 0x0660) for digit in range(0x0660, 0x066A)},
    **{digit: str(digit - 0x06F0) for digit in range(0x06F0, 0x06FA)},
}
_NOT_WORD = re.compile(r"[\W_]+")

# Harakat, from fathatan to sukun, and the small alef: marks that compose with no letter.
_HARAKAT = frozenset([*range(0x064B, 0x0653), 0x0670])
_BLOCKS = (range(0x0700), range(0x2000, 0x2C00), range(0xFE00, 0xFF00))
_SPACE, _DROP, _SLOW = 0x20, 0, 0xFFFF_FFFF


def normalised(text: str) -> str:
    """`text` as words between single spaces, without diacritics, tatweel, punctuation and invisible signs.

    Forms of alef and of ya are one, presentation forms are letters (Unicode NFKC), digits are ASCII,
    Latin is lower case. Idempotent.
    """
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if signs.size == 0 or signs.max() > 0xFFFF:
        return _by_the_book(text)
    folded = _table()[signs]
    if (folded == _SLOW).any():
        return _by_the_book(text)
    folded = folded[folded != _DROP]
    kept = folded != _SPACE
    kept[1:] |= folded[:-1] != _SPACE  # of spaces in a row the first; `strip` takes those at the ends
    words: bytes = folded[kept].tobytes()
    return words.decode("utf-32-le").strip(" ")


def _by_the_book(text: str) -> str:
    decomposed = unicodedata.normalize("NFKC", text).translate(_FOLDED).casefold()
    letters = "".join(sign for sign in decomposed if unicodedata.category(sign) not in ("Mn", "Cf"))
    return _NOT_WORD.sub(" ", letters).strip()


@cache
def _table() -> npt.NDArray[np.uint32]:
    """What becomes of each sign that is folded by itself, whatever stands beside it; the others are slow.

    A text is some thousands of signs, and the owner of the duplicates looks at a thousand texts a second.
    """
    table = np.full(0x10000, _SLOW, np.uint32)
    for sign in (sign for block in _BLOCKS for sign in block):
        if sign not in _HARAKAT and unicodedata.category(chr(sign)).startswith("M"):
            continue  # a mark that may compose with what is before it
        alone = _by_the_book(chr(sign))
        between = _by_the_book(f"a{chr(sign)}b")
        if between in ("ab", "a b"):
            table[sign] = _DROP if between == "ab" else _SPACE
        elif len(alone) == 1 and between == f"a{alone}b":
            table[sign] = ord(alone)
    return table
