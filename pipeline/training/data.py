"""From sentences with entities to rows of labelled pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.arabic.sentences import split
from pipeline.tagger.batching import WINDOW, passages
from pipeline.tagger.clitics import CLITICS
from pipeline.tagger.labels import LABELS, OUTSIDE
from pipeline.tagger.pieces import word_start
from pipeline.training.corpora import Article, Labelled

IGNORED = -100  # PyTorch's cross entropy passes over it


@dataclass(frozen=True)
class Example:
    """A row for the model: ids of pieces, the special ones at both ends, and a label (or IGNORED) for each.

    `soft` is what teachers say of each piece, (pieces, labels), zeros for the special ones; where there is a
    label, too, the teachers' share of what is to be learnt is `softness`.
    """

    ids: list[int]
    labels: list[int]
    soft: NDArray[np.float16] | None = None
    softness: float = 0.5

    @property
    def kinds(self) -> int:
        """How many labels there are."""
        return len(LABELS)


class Encoder:
    """Articles to labelled rows, by the tokenizer that ships."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._first, self._last = tokenizer.bos_token_id, tokenizer.eos_token_id

    def pieces(self, sentence: Labelled) -> tuple[list[int], list[int]]:
        """Ids and labels of a sentence's pieces, without the special ones. Empty pieces are outside."""
        text = sentence.text
        encoded = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ids: list[int] = encoded["input_ids"]
        offsets = [(word_start(text, start, end), end) for start, end in encoded["offset_mapping"]]
        labels = [OUTSIDE] * len(ids)
        for label in sentence.labels:
            inside = [i for i, (start, end) in enumerate(offsets) if start < label.end and label.start < end]
            # A first piece that is only a letter or two, in an ANERcorp entity, may be a clitic (outside by our
            # rules) or part of the name: ANERcorp labels whole words, so the other news must tell.
            if sentence.whole_words and len(inside) > 1:
                start, end = offsets[inside[0]]
                if text[start:end] in CLITICS and offsets[inside[1]][0] == end:
                    labels[inside.pop(0)] = IGNORED
            for place, i in enumerate(inside):
                labels[i] = LABELS.index(f"{'I' if place else 'B'}-{label.type}")
        for label in sentence.unsure:
            for i, (start, end) in enumerate(offsets):
                if start < label.end and label.start < end:
                    labels[i] = IGNORED
        return ids, labels

    def examples(self, article: Article) -> Iterator[Example]:
        """The article's rows, cut as the tagger cuts them: neighbouring sentences together."""
        pieces = [self.pieces(sentence) for sentence in article]
        for first, last in passages([len(ids) for ids, _ in pieces]):
            ids = [piece for sentence, _ in pieces[first:last] for piece in sentence]
            labels = [label for _, sentence in pieces[first:last] for label in sentence]
            for at in range(0, len(ids), WINDOW):
                part = slice(at, at + WINDOW)
                yield Example([self._first, *ids[part], self._last], [IGNORED, *labels[part], IGNORED])

    def unlabelled(self, text: str) -> list[Example]:
        """The rows of a text that nobody labelled: every label is IGNORED."""
        article = [Labelled(text[start:end], ()) for start, end in split(text)]
        return [replace(row, labels=[IGNORED] * len(row.ids)) for row in self.examples(article)]


def portions(article: Article, chance: random.Random) -> Iterator[Article]:
    """The article in pieces of many sentences or few, so that texts of any length are met in training."""
    at = 0
    while at < len(article):
        many = chance.choice((1, 2, 4, 8, 16))
        yield article[at : at + many]
        at += many
