"""Check-worthiness: would a fact-checker want this verified? A few readable reasons, weighed, 0 to 1.

The reasons and their signs follow the annotation guidelines of the CheckThat! labs on check-worthy claims; their
words and weights are in `checkworthiness.toml`, and the weights come from sentences that were labelled for this
project (`pipeline/training/checkworthiness`).
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from pipeline.attribution.words import folded

_ARTICLES = ("بال", "كال", "فال", "لل", "ال")
_FOREIGN = re.compile("[A-Za-z]")  # addresses, and names of accounts: their digits are no figures
_SHORTEST = 3  # letters of a word that has lost its prefix


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason of the file: how much it weighs, and the words, or beginnings of words, that give it."""

    weight: float
    words: str = ""
    beginnings: str = ""
    digits: bool = False


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: where a statement starts, what length and the outlet's own voice add, and the reasons by name."""

    base: float
    length: float
    own_voice: float
    reason: dict[str, Reason]


def check_worthiness(forms: Sequence[str], *, own_voice: bool = False) -> float:
    """The score of a statement of folded words, 0 to 1, rounded to three decimals."""
    scale = scale_of_file()
    length, counts = measures(forms)
    total = scale.base + scale.length * length + (scale.own_voice if own_voice else 0.0)
    total += sum(scale.reason[name].weight * value for name, value in counts.items())
    return round(1 / (1 + math.exp(-total)), 3)


def checkable(forms: Sequence[str]) -> bool:
    """Is a sentence of the outlet plainly checkable: a figure with casualties, money, shares or a comparison?"""
    reasons = measures(forms)[1].keys()
    if len(forms) < 6 or reasons & {"opinion", "courtesy", "prediction"}:
        return False
    weighty = reasons & {"quantity", "casualties", "comparison", "responsibility"}
    return "figure" in reasons and bool(weighty)


def measures(forms: Sequence[str]) -> tuple[float, dict[str, float]]:
    """log2(1 + words), and log2(1 + how often) for each reason that the words give, in the file's order."""
    words, beginnings, digits = _index()
    counts = dict.fromkeys(scale_of_file().reason, 0)
    forms = [part for form in forms for part in form.split("_") if part and not _FOREIGN.search(part)]
    for form in forms:
        if any(letter.isdigit() for letter in form):
            counts[digits] += 1
            continue
        looks = _looks(form)
        given = {name for name, starts in beginnings if any(look.startswith(starts) for look in looks)}
        given.update(name for look in looks for name in words.get(look, ()))
        for name in given:
            counts[name] += 1
    return math.log2(1 + len(forms)), {name: math.log2(1 + count) for name, count in counts.items() if count}


@cache
def scale_of_file() -> Scale:
    """What `checkworthiness.toml` says."""
    data = files("pipeline.attribution").joinpath("checkworthiness.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(data), Scale)


def _looks(form: str) -> list[str]:
    """The word as it is, without «و» or «ف», and without the article, also behind «ب», «ل» and «ك».

    All are looked up: what looks like an article may be the word's own («ألف», «الله»).
    """
    looks = [form]
    if form[:1] in ("و", "ف") and len(form) > _SHORTEST:
        looks.append(form[1:])
    prefix = next((start for start in _ARTICLES if looks[-1].startswith(start)), "")
    if prefix and len(looks[-1]) - len(prefix) >= _SHORTEST:
        looks.append(looks[-1][len(prefix) :])
    return looks


@cache
def _index() -> tuple[dict[str, set[str]], list[tuple[str, tuple[str, ...]]], str]:
    """Reasons by whole word, by beginnings, and the one that digits give."""
    reasons = scale_of_file().reason
    words: dict[str, set[str]] = {}
    for name, reason in reasons.items():
        for word in reason.words.split():
            words.setdefault(folded(word), set()).add(name)
    beginnings = [
        (name, tuple(map(folded, reason.beginnings.split())))
        for name, reason in reasons.items()
        if reason.beginnings
    ]
    return words, beginnings, next(name for name, reason in reasons.items() if reason.digits)
