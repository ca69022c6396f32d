"""How text is folded before it is cut into pieces: in training and in use alike, by the tokenizer itself.

The tokenizer keeps track of where each folded sign came from, so offsets stay those of the article.
"""

from __future__ import annotations

import re

# Signs that a reader does not see or does not need: tatweel, diacritics, superscript alef, Quranic marks,
# zero-width spaces and joiners, bidi marks and isolates, variation selectors, the byte order mark.
INVISIBLE = (
    "\u0640\u064b-\u0652\u0653-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
)
# After Unicode NFKC, in this order: (regular expression, what stands for it).
NORMALISER = (
    (f"[{INVISIBLE}]", ""),
    (r"[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+", " "),
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def is_invisible(sign: str) -> bool:
    """Whether the tokenizer drops this sign."""
    return _INVISIBLE.match(sign) is not None
