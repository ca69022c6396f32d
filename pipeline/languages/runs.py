"""Short runs of words, and what each of them weighs for Arabic and for the other languages of its script."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from pipeline.languages.evidence import evidence, sign_of
from pipeline.languages.model import guesses

# Arabic and the varieties of it that have an ISO 639 code.
ARABIC = frozenset(
    {
        "ar",
        "ara",
        "arb",
        "arz",
        "apc",
        "ajp",
        "acm",
        "afb",
        "ars",
        "aeb",
        "arq",
        "ary",
        "ayl",
        "apd",
        "acq",
        "ayn",
        "acw",
        "aec",
        "acx",
        "abh",
        "abv",
        "adf",
        "auz",
        "avl",
        "ayh",
        "ayp",
        "pga",
        "shu",
        "ssh",
    }
)
# What the model knows of the other languages that are written in Arabic letters, today or in part.
ARABIC_SCRIPT = frozenset({"fa", "ur", "ps", "sd", "ckb", "ku", "ug", "azb", "pnb", "mzn", "lrc", "ms"})

RUN = 12  # words: enough to weigh, few enough that a quotation fills its own
MOST_RUNS = 16  # of a long text, spread over it
TRUST = 2.0  # of a letter or word that points to a language, against one word's worth of the model's opinion
DOUBT = 0.002  # the model is never believed more than this short of certain


class Run(NamedTuple):
    """Words of Arabic script: their letters, their log-odds for Arabic, and what each side may be in detail."""

    letters: int
    odds: float
    arabic: dict[str, float]
    others: dict[str, float]


def samples(words: list[str]) -> list[list[str]]:
    """All the words in runs of about RUN, or MOST_RUNS such runs with even gaps between them."""
    count = max(1, round(len(words) / RUN))
    if count <= MOST_RUNS:
        bounds = [len(words) * number // count for number in range(count + 1)]
        return [words[start:end] for start, end in pairwise(bounds)]
    last = len(words) - RUN
    starts = [last * number // (MOST_RUNS - 1) for number in range(MOST_RUNS)]
    return [words[start : start + RUN] for start in starts]


def weigh(words: list[str]) -> Run:
    """What the model and the evidence of the words say, added up as log-odds."""
    found = guesses(" ".join(words))
    arabic = {code: score for code, score in found.items() if code in ARABIC}
    others = {code: score * len(words) for code, score in found.items() if code in ARABIC_SCRIPT}
    signs = [sign_of(word) for word in words]
    for sign in signs:
        for code in sign.languages:
            others[code] = others.get(code, 0.0) + TRUST
    likely = min(max(sum(arabic.values()), DOUBT), 1 - DOUBT)
    weights = evidence().weights
    odds = weights["prior"] + weights["model"] * math.log(likely / (1 - likely))
    return Run(sum(map(len, words)), odds + sum(sign.weight for sign in signs), arabic, others)
