"""Nothing is lost at the borders of windows: long sentences, no punctuation, long articles, single words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pipeline.tagger.files import WEIGHTS
from pipeline.tagger.labels import LABELS
from pipeline.tagger.local import LocalTagger
from pipeline.tagger.mentions import Mention

# A name of several words and pieces, which no training data can have.
NAME = "أبو زمخشر قرطبوس الدغيلمي"
FILLER = "أن العمل مستمر كما كان من قبل في كل مكان وأن الناس ينتظرون ما سيأتي بعد ذلك".split()
OPENING, CLOSING = "هكذا", "انتهى"
# Less than what a window must leave to a piece at its border: whoever stands nearer is not seen (`blind`).
BLIND = 20


class Marker:
    """A model in the real one's place that knows NAME, and sees nothing near a border inside of a sentence.

    Rows that begin with OPENING begin where a sentence does, those that end with CLOSING end with one.
    """

    def __init__(self, tagger: LocalTagger) -> None:
        encoder = tagger._encoder

        def pieces(text: str) -> list[int]:
            return encoder.pieces([text])[0].ids

        self.name = pieces(f"{OPENING} {NAME}")[len(pieces(OPENING)) :]
        self.opening, self.closing = pieces(OPENING)[0], pieces(f"في {CLOSING}")[-1]
        assert len(self.name) > 5

    def __call__(self, inputs: dict[str, Any]) -> list[Any]:
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        logits = np.full((*ids.shape, len(LABELS)), -8.0, dtype=np.float32)
        logits[..., 0] = 0.0
        for number, length in enumerate(mask.sum(axis=1).tolist()):
            row = ids[number, :length].tolist()
            begin = 0 if row[1] == self.opening else BLIND
            end = length if row[-2] == self.closing else length - BLIND
            for at in range(1, length):
                if row[at : at + len(self.name)] == self.name:
                    for place in range(max(begin, at), min(end, at + len(self.name))):
                        label = LABELS.index("B-PER" if place == at else "I-PER")
                        logits[number, place, label] = 8.0
        return [logits]


@pytest.fixture(scope="module")
def shipped() -> LocalTagger:
    return LocalTagger(WEIGHTS)


@pytest.fixture(scope="module")
def marking() -> LocalTagger:
    tagger = LocalTagger(WEIGHTS)
    tagger._encoder._model = Marker(tagger)
    return tagger


def filler(words: int) -> list[str]:
    return [FILLER[place % len(FILLER)] for place in range(words)]


def found(text: str, mentions: Sequence[Mention]) -> list[tuple[str, int]]:
    return [(text[mention.start : mention.end], mention.start) for mention in mentions]


def test_a_name_is_whole_wherever_it_stands(marking: LocalTagger) -> None:
    """At each of 600 places of one long sentence, which several windows read."""
    texts = []
    for place in range(600):
        words = filler(600)
        texts.append(" ".join([OPENING, *words[:place], NAME, *words[place:], CLOSING]))
    for text, mentions in zip(texts, marking.tag(texts), strict=True):
        assert found(text, mentions) == [(NAME, text.index(NAME))]


def test_many_names_in_one_sentence_are_all_there(marking: LocalTagger) -> None:
    for gap in (1, 2, 3, 7, 20):
        words = [OPENING]
        for _ in range(1200 // (gap + 4)):
            words += [*filler(gap), NAME]
        text = " ".join([*words, CLOSING])
        mentions = marking.tag([text])[0]
        assert [name for name, _ in found(text, mentions)] == [NAME] * words.count(NAME)


def test_an_article_of_5000_words_is_tagged_to_its_end(marking: LocalTagger) -> None:
    sentences = [
        " ".join([OPENING, *filler(number % 40), NAME, *filler(number % 17), CLOSING]) for number in range(160)
    ]
    text = "\n".join(sentences)
    assert len(text.split()) > 5_000
    starts = [place for place in range(len(text)) if text.startswith(NAME, place)]
    assert found(text, marking.tag([text])[0]) == [(NAME, start) for start in starts]


# What any model must know; and around it always the same words, so that nothing but the place differs.
KNOWN = [("زار محمد بن سلمان", "محمد بن سلمان", "PER"), ("وصل إلى بغداد", "بغداد", "LOC")]
KNOWN += [("التقى مندوب الأمم المتحدة", "الأمم المتحدة", "ORG")]
SAID = "قال المسؤول في مؤتمر صحفي إن الاجتماع الذي عقد أمس ناقش ملفات عدة وإن العمل مستمر".split()


@pytest.mark.parametrize(("event", "name", "kind"), KNOWN)
def test_the_model_that_ships_finds_names_around_every_border(
    shipped: LocalTagger, event: str, name: str, kind: str
) -> None:
    """A sentence of several windows without any punctuation, the name after 80 to 220 words: as in a short one."""
    behind = SAID * 8
    texts = [" ".join([*(SAID * 20)[-place:], "وقد", event, "أمس", *behind]) for place in (8, *range(80, 220, 2))]
    for text, mentions in zip(texts, shipped.tag(texts), strict=True):
        start = text.index(name)
        overlapping = [m for m in mentions if m.start < start + len(name) and start < m.end]
        assert [(m.start, m.end, m.type) for m in overlapping] == [(start, start + len(name), kind)]


@pytest.mark.parametrize("stop", [".", ""])
def test_the_model_that_ships_reads_all_of_a_long_article(shipped: LocalTagger, stop: str) -> None:
    """5,000 words, with and without stops: every name is found, in the last sentence as in the first."""
    part = f"{' '.join(SAID)} وقد {KNOWN[0][0]} أمس{stop}"
    text = " ".join([part] * 240)
    assert len(text.split()) > 5_000
    names = [mention.start for mention in shipped.tag([text])[0] if mention.type == "PER"]
    assert names == [at + part.index(KNOWN[0][1]) for at in range(0, len(text), len(part) + 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("بغداد", [("بغداد", "LOC")]), ("محمد", [("محمد", "PER")]), ("في", []), (".", []), ("", [])],
)
def test_single_words(shipped: LocalTagger, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(text[m.start : m.end], m.type) for m in shipped.tag([text])[0]] == expected
