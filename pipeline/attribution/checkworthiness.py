"""Check-worthiness: would a fact-checker want this verified? A sum of readable reasons, 0 to 1.

The reasons follow the annotation guidelines of the CheckThat! labs on check-worthy claims; their words and
weights are in `checkworthiness.toml`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from pipeline.attribution.words import folded


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason of the file: how much it weighs, and the words, or beginnings of words, that give it."""

    weight: float
    words: str = ""
    beginnings: str = ""
    digits: bool = False


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: where a statement starts, what the outlet's own voice adds, and the reasons by name."""

    base: float
    own_voice: float
    reason: dict[str, Reason]


def check_worthiness(forms: list[str], *, own_voice: bool = False) -> float:
    """The score of a statement of folded words, 0 to 1, rounded to three decimals."""
    return _score(_reasons(forms), own_voice=own_voice)


def checkable(forms: list[str]) -> bool:
    """Is a sentence of the outlet plainly checkable: a figure with casualties, money, shares or a comparison?"""
    reasons = _reasons(forms)
    if len(forms) < 6 or reasons & {"opinion", "courtesy", "prediction"}:
        return False
    weighty = reasons & {"quantity", "casualties", "comparison", "responsibility"}
    return "figure" in reasons and bool(weighty)


def _score(reasons: frozenset[str], *, own_voice: bool) -> float:
    scale = _scale()
    score = scale.base + sum(scale.reason[name].weight for name in reasons)
    score += scale.own_voice if own_voice else 0.0
    return round(min(max(score, 0.0), 1.0), 3)


def _reasons(forms: list[str]) -> frozenset[str]:
    """The names of the reasons that the words give; each counts once."""
    words, beginnings, digits = _index()
    found: set[str] = set()
    for form in forms:
        if any(letter.isdigit() for letter in form):
            found.add(digits)
            continue
        bare = form[1:] if form[:1] in ("و", "ف") and len(form) > 3 else form
        bare = bare.removeprefix("ال")
        if bare in words:
            found.add(words[bare])
        found.update(name for name, starts in beginnings if bare.startswith(starts))
    return frozenset(found)


@cache
def _scale() -> Scale:
    data = files("pipeline.attribution").joinpath("checkworthiness.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(data), Scale)


@cache
def _index() -> tuple[dict[str, str], list[tuple[str, tuple[str, ...]]], str]:
    """Reasons by whole word, by beginnings, and the one that digits give."""
    reasons = _scale().reason
    words = {folded(word): name for name, reason in reasons.items() for word in reason.words.split()}
    beginnings = [
        (name, tuple(map(folded, reason.beginnings.split())))
        for name, reason in reasons.items()
        if reason.beginnings
    ]
    return words, beginnings, next(name for name, reason in reasons.items() if reason.digits)
