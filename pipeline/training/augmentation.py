"""Articles told anew: other names in the names' places, and newspapers' spelling.

A small model learns names by heart; a name that changes from pass to pass leaves only its surroundings to go by.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.records import EntityType
from pipeline.tagger.clitics import CLITICS
from pipeline.training.corpora import Article, Labelled
from pipeline.training.markup import Label

SWAPPED_ARTICLES = 0.35  # of all; the others keep their names
SWAPPED_NAMES = 0.5  # of a swapped article
RESPELT_ARTICLES = 0.15
# What newspapers write for each other, letter for letter, so that no span moves.
_SPELLINGS = (
    str.maketrans("أإآ", "ااا"),
    str.maketrans("ة", "ه"),
    str.maketrans("ى", "ي"),
    str.maketrans("أإآى", "اااي"),
    str.maketrans("«»", '""'),
)


class Names:
    """The names of a corpus by type, to draw from."""

    def __init__(self, articles: Iterable[Article]) -> None:
        names: defaultdict[EntityType, set[str]] = defaultdict(set)
        for article in articles:
            for sentence in article:
                for label in sentence.labels:
                    name = sentence.text[label.start : label.end]
                    # A whole word of ANERcorp may begin with a clitic: «وبغداد» is no name to put anywhere.
                    if not (sentence.whole_words and name.startswith(CLITICS)):
                        names[label.type].add(name)
        self._names = {kind: sorted(found) for kind, found in names.items()}

    def another(self, kind: EntityType, chance: random.Random) -> str:
        """A name of this type, each with the same probability however often it is named."""
        return chance.choice(self._names[kind])


def told_anew(article: Article, names: Names, chance: random.Random) -> Article:
    """The article as it is, or with other names, or spelt otherwise; one name is the same other one throughout."""
    if chance.random() < SWAPPED_ARTICLES:
        given: dict[tuple[str, EntityType], str | None] = {}
        article = [_swapped(sentence, given, names, chance) for sentence in article]
    if chance.random() < RESPELT_ARTICLES:
        spelling = chance.choice(_SPELLINGS)
        article = [replace(sentence, text=sentence.text.translate(spelling)) for sentence in article]
    return article


def _swapped(
    sentence: Labelled, given: dict[tuple[str, EntityType], str | None], names: Names, chance: random.Random
) -> Labelled:
    if sentence.unsure or _overlap(sentence.labels):
        return sentence
    text, at = "", 0
    labels: list[Label] = []
    for label in sentence.labels:
        old = sentence.text[label.start : label.end]
        key = (old, label.type)
        if key not in given:
            given[key] = names.another(label.type, chance) if chance.random() < SWAPPED_NAMES else None
        text += sentence.text[at : label.start]
        start = len(text)
        text += given[key] or old
        labels.append(Label(start, len(text), label.type))
        at = label.end
    return replace(sentence, text=text + sentence.text[at:], labels=tuple(labels))


def _overlap(labels: Sequence[Label]) -> bool:
    return any(first.end > second.start for first, second in pairwise(labels))
