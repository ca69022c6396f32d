"""Which language a text is in, or that this cannot be told.

The text is cut into short runs of words. Each run of Arabic script is weighed: the model's opinion plus what its
letters and function words say (evidence.toml). The article is what most of its letters are, so that a quotation
in Persian does not divert it, and half an article in Persian does.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import groupby
from operator import itemgetter

from pipeline.languages.cleaning import is_arabic_script, words_of
from pipeline.languages.model import guesses
from pipeline.languages.runs import ARABIC, Run, samples, weigh
from pipeline.records import Language

UNDETERMINED = "und"
CLEAR = 3.0  # log-odds (0.95) from which a run speaks for itself; below, it goes with the text as a whole
MOST = 4.0  # log-odds that one run may bring to the whole, so that none decides over many
MAJORITY = 0.6  # share of the letters from which the text is in that language
CERTAIN = 0.75  # probability of the whole from which Arabic letters are Arabic
NAME = 30  # letters of another script amid Arabic that are a name (iPhone Pro Max), not a text of its own
NAMED = 0.4  # probability from which another language may be named
FEW = 5  # words; under it the last two have to be surer than that:
CERTAIN_OF_FEW = 0.9
NAMED_OF_FEW = 0.6
MIXED = 0.25  # share of the letters from which a second language makes a text mixed
LEAST_LETTERS = 16  # of a text without spaces, as Chinese or Thai write it; below, one word is too short


def is_arabic(code: str) -> bool:
    """Whether a language code is Arabic or one of its varieties: what goes on down the pipeline."""
    return code in ARABIC


def detect(text: str) -> Language:
    """The language of `text`: an ISO 639 code, how sure that is (0 to 1), and for `und` the reason.

    Deterministic, needs no network, takes any text. Bidi marks, joiners, tatweel, diacritics, digits, emoji and
    addresses do not matter. Of a long text sixteen runs of words are read, spread evenly over it.
    """
    words = words_of(text)
    if not words:
        return Language(code=UNDETERMINED, confidence=0.0, reason="no letters")
    if len(words) == 1 and len(words[0]) < LEAST_LETTERS:
        return Language(code=UNDETERMINED, confidence=0.0, reason="too short: 1 word")
    runs: list[Run] = []
    elsewhere: list[str] = []
    for sample in samples(words):
        native: list[str] = []
        for is_native, stretch in groupby(sample, is_arabic_script):
            if is_native:
                native += stretch
            else:
                elsewhere.append(" ".join(stretch))
        if native:
            runs.append(weigh(native))
    together = _probability(sum(max(-MOST, min(MOST, run.odds)) for run in runs))
    return _verdict(_shares(runs, elsewhere, together), together, len(words))


def _shares(runs: list[Run], elsewhere: list[str], together: float) -> dict[str, float]:
    """The share of the letters by language. What can be given no name is missing from the sum.

    `elsewhere` are the stretches of other scripts, `together` is how probably the runs as a whole are Arabic.
    """
    native = sum(run.letters for run in runs)
    if native >= sum(map(len, elsewhere)):
        elsewhere = [stretch for stretch in elsewhere if len(stretch) > NAME]
    letters = native + sum(map(len, elsewhere))
    # Runs that do not speak for themselves divide as those do that speak, as far as there are any.
    clear = [run for run in runs if abs(run.odds) >= CLEAR]
    unclear = native - sum(run.letters for run in clear)
    lean = (sum(run.letters for run in clear if run.odds > 0) + together * unclear) / max(native, 1)
    arabic = 0.0
    dialects: dict[str, float] = defaultdict(float)
    others: dict[str, float] = defaultdict(float)
    for run in runs:
        share = _probability(run.odds) if abs(run.odds) >= CLEAR else lean
        arabic += run.letters * share
        for code, score in run.arabic.items():
            dialects[code] += score * share
        for code, score in run.others.items():
            others[code] += score * (1 - share)
    # The model knows one variety by name, the Egyptian.
    shares: dict[str, float] = defaultdict(float)
    shares["arz" if dialects["arz"] > dialects["ar"] else "ar"] = arabic / letters
    if certainty := sum(others.values()):
        code, score = max(others.items(), key=itemgetter(1))
        shares[code] += (native - arabic) / letters * score / certainty
    if elsewhere:
        # The model takes capitals for another script.
        abroad = " ".join(elsewhere)
        found = guesses(abroad.lower() if abroad.isupper() else abroad)
        # What the model takes for Arabic without a letter of it has no name.
        named = [(score, code) for code, score in found.items() if not is_arabic(code)]
        if named:
            score, code = max(named)
            shares[code] += (letters - native) / letters * score
    return shares


def _verdict(shares: dict[str, float], together: float, count: int) -> Language:
    """The language with the largest share, if that is sure enough for a text of `count` words."""
    code, share = max(shares.items(), key=itemgetter(1))
    if is_arabic(code):
        sure = share >= MAJORITY and together >= (CERTAIN if count >= FEW else CERTAIN_OF_FEW)
    else:
        named = NAMED if count >= FEW else NAMED_OF_FEW
        sure = share >= named and sum(shares[name] for name in shares if is_arabic(name)) <= 1 - MAJORITY
    confidence = round(min(share, 1.0), 4)
    if sure:
        return Language(code=code, confidence=confidence)
    ranked = sorted(shares.items(), key=itemgetter(1), reverse=True)
    found = ", ".join(f"{name} {part:.2f}" for name, part in ranked[:3] if part >= 0.005)
    if count < FEW:
        reason = f"too short: {count} words ({found})"
    elif sum(part >= MIXED for part in shares.values()) > 1:
        reason = f"mixed: {found}"
    else:
        reason = f"unclear: {found}"
    return Language(code=UNDETERMINED, confidence=confidence, reason=reason)


def _probability(odds: float) -> float:
    """The probability that log-odds stand for."""
    return 1 / (1 + math.exp(-odds))
