"""The cue lexicon: `cues.toml` read once, its lemmas inflected into the forms that texts have."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import msgspec

from pipeline.attribution.words import folded
from pipeline.records import Factuality

Kind = Literal["verb", "participle", "noun", "preposition"]

_PRONOUNS = ("ه", "ها", "هم", "هما", "هن", "نا", "ني", "ك", "كم")


class Lemma(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `cues.toml`; the file's head explains each field."""

    lemma: str
    takes: list[str]
    perfect: str = ""
    imperfect: str = ""
    participle: str = ""
    forms: list[str] = []
    participles: list[str] = []
    nouns: list[str] = []
    noun_takes: list[str] = []
    prepositions: list[str] = []
    factuality: Factuality = "asserted"
    near: int = 45
    first: bool = False
    asserts: bool = False
    presents: bool = False
    events: bool = False
    at_once: bool = False
    unless: list[str] = []
    needs: list[str] = []
    never: list[str] = []
    behind: list[str] = []
    hearer: bool = False
    silent: bool = False
    relays: bool = False


class Cue(NamedTuple):
    """One form of a lemma: what kind of word it is, what it takes, and whether a pronoun is written on it."""

    lemma: Lemma
    kind: Kind
    takes: frozenset[str]
    needs: frozenset[str]
    never: frozenset[str]
    pronoun: bool


class Lexicon(NamedTuple):
    """`cues` by folded form; word lists and beginnings of words for the other rules, by name, folded too."""

    cues: dict[str, Cue]
    lists: dict[str, frozenset[str]]
    prefixes: dict[str, tuple[str, ...]]


def verb_forms(perfect: str, imperfect: str) -> Iterator[tuple[str, bool]]:
    """Folded forms of a verb in the third person, with and without object pronoun (then True).

    From «اعلن»: «اعلنت», «اعلنوا»…; weak ends contract: «نفى» gives «نفت», «نفوا», «نفاه»; from the
    imperfect stem «قول»: «يقول», «تقول», «يقولون». Final ya is also written without dots: «يروى».
    """
    if perfect:
        stem = perfect[:-1] if perfect[-1] in "اى" else perfect
        joined = stem + "ا" if perfect[-1] in "اى" else perfect
        yield perfect, False
        for ending in ("ت", "وا", "تا"):
            yield stem + ending, False
        if perfect[0] == "ا" and len(perfect) > 3 and perfect[-1] not in "اى":
            yield perfect + "ا", False  # the dual; of shorter ones it would be a noun: «شرحا», «ردا»
        for pronoun in _PRONOUNS:
            yield joined + pronoun, True
            yield stem + "ت" + pronoun, True
            yield stem + "و" + pronoun, True
    if imperfect:
        stem = imperfect[:-1] if imperfect[-1] in "وي" else imperfect
        for prefix in ("ي", "ت"):
            yield prefix + imperfect, False
            if imperfect[-1] == "ي":
                yield prefix + stem + "ى", False
            for pronoun in _PRONOUNS:
                yield prefix + imperfect + pronoun, True
            for ending in ("ون", "وا"):
                yield prefix + stem + ending, False
            yield prefix + imperfect + "ان", False
        yield "ي" + imperfect + "ن", False


def participle_forms(participle: str) -> Iterator[str]:
    """«مؤكد» as it stands beside another verb: «مؤكدا», «مؤكدة», «مؤكدين», «مؤكدتين»."""
    stem = participle[:-1] if participle.endswith("ي") else participle
    yield from (participle + "ا", participle + "ة", stem + "ين", participle + "تين")


@cache
def lexicon() -> Lexicon:
    """The lexicon of the package. A listed form wins over a derived one, an earlier lemma over a later."""
    data = tomllib.loads(files("pipeline.attribution").joinpath("cues.toml").read_text(encoding="utf-8"))
    lemmas = msgspec.convert(data["cue"], list[Lemma])
    cues: dict[str, Cue] = {}
    for lemma in lemmas:
        for form, cue in _listed(lemma):
            cues.setdefault(folded(form), cue)
    for lemma in lemmas:
        for form, cue in _derived(lemma):
            cues.setdefault(form, cue)
    lists = msgspec.convert(data["lists"], dict[str, str])
    prefixes = msgspec.convert(data["prefixes"], dict[str, str])
    return Lexicon(
        cues,
        {name: frozenset(map(folded, words.split())) for name, words in lists.items()},
        {name: tuple(map(folded, words.split())) for name, words in prefixes.items()},
    )


def _cue(lemma: Lemma, kind: Kind, *, pronoun: bool = False) -> Cue:
    takes = lemma.noun_takes if kind == "noun" and lemma.noun_takes else lemma.takes
    needs, never = (frozenset(map(folded, words)) for words in (lemma.needs, lemma.never))
    return Cue(lemma, kind, frozenset(map(folded, takes)), needs, never, pronoun)


def _listed(lemma: Lemma) -> Iterator[tuple[str, Cue]]:
    for form in lemma.forms:
        yield form, _cue(lemma, "verb")
    for form in lemma.participles:
        yield form, _cue(lemma, "participle")
    for form in lemma.nouns:
        yield form, _cue(lemma, "noun")
    for form in lemma.prepositions:
        yield form, _cue(lemma, "preposition")


def _derived(lemma: Lemma) -> Iterator[tuple[str, Cue]]:
    for form, pronoun in verb_forms(folded(lemma.perfect), folded(lemma.imperfect)):
        yield form, _cue(lemma, "verb", pronoun=pronoun)
    if lemma.participle:
        for form in participle_forms(folded(lemma.participle)):
            yield form, _cue(lemma, "participle")
