"""What the entity model learns from: ANERcorp's training split and the authored news, as labelled pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.arabic.sentences import split
from pipeline.evaluation.columns import Sentence, read_columns
from pipeline.tagger.clitics import CLITICS
from pipeline.tagger.labels import LABELS, OUTSIDE
from pipeline.tagger.pieces import word_start
from pipeline.training.markup import Document, Label, read

AUTHORED = Path(__file__).parent / "authored_news"
IGNORED = -100  # PyTorch's cross entropy passes over it
# Pieces in an example; what the tagger cuts its windows to, so that both see the same lengths.
LENGTH = 192


@dataclass(frozen=True)
class Labelled:
    """A sentence with its entities; `whole_words` says that clitics are inside its spans, as in ANERcorp."""

    text: str
    labels: tuple[Label, ...]
    whole_words: bool


@dataclass(frozen=True)
class Example:
    """A row for the model: piece ids with the special ones at both ends, and a label (or IGNORED) for each."""

    ids: list[int]
    labels: list[int]


def anercorp(path: Path) -> list[Labelled]:
    """ANERcorp's sentences, in the file's order, which is that of its documents."""
    return [_joined(sentence) for sentence in read_columns(path)]


def authored() -> list[list[Labelled]]:
    """The authored articles, each a list of its sentences."""
    documents = [document for path in sorted(AUTHORED.glob("*.txt")) for document in read(path)]
    return [_sentences(document) for document in documents]


def _joined(sentence: Sentence) -> Labelled:
    labels = tuple(Label(span.start, span.end, span.type) for span in sentence.spans)
    return Labelled(sentence.text, labels, whole_words=True)


def _sentences(document: Document) -> list[Labelled]:
    sentences = []
    for start, end in split(document.text):
        inside = tuple(
            Label(max(label.start, start) - start, min(label.end, end) - start, label.type)
            for label in document.labels
            if label.start < end and start < label.end
        )
        sentences.append(Labelled(document.text[start:end], inside, whole_words=False))
    return sentences


class Encoder:
    """Sentences to labelled pieces, by the tokenizer that ships."""

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
            # rules) or part of the name: ANERcorp labels whole words, so the authored news must tell.
            if sentence.whole_words and len(inside) > 1:
                start, end = offsets[inside[0]]
                if text[start:end] in CLITICS and offsets[inside[1]][0] == end:
                    labels[inside.pop(0)] = IGNORED
            for place, i in enumerate(inside):
                labels[i] = LABELS.index(f"{'I' if place else 'B'}-{label.type}")
        return ids, labels

    def examples(self, sentences: Sequence[Labelled], joined: Iterator[int]) -> Iterator[Example]:
        """Runs of neighbouring sentences as rows; `joined` says how many at most go into the next one."""
        ids: list[int] = []
        labels: list[int] = []
        room = 0
        for sentence in sentences:
            more_ids, more_labels = self.pieces(sentence)
            if ids and (room == 0 or len(ids) + len(more_ids) > LENGTH):
                yield from self._rows(ids, labels)
                ids, labels = [], []
            if not ids:
                room = next(joined)
            ids, labels, room = ids + more_ids, labels + more_labels, room - 1
        if ids:
            yield from self._rows(ids, labels)

    def _rows(self, ids: list[int], labels: list[int]) -> Iterator[Example]:
        for at in range(0, len(ids), LENGTH):
            part = slice(at, at + LENGTH)
            yield Example([self._first, *ids[part], self._last], [IGNORED, *labels[part], IGNORED])


def one_by_one() -> Iterator[int]:
    """No sentence has company."""
    while True:
        yield 1


def in_company(chance: random.Random) -> Iterator[int]:
    """Half of the rows are one sentence, as the tagger's are; the others two or three, for the context."""
    while True:
        yield chance.choice((1, 1, 2, 3))
