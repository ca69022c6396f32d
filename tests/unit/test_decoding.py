"""Decoding: from labels to exact spans, without a model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tagger.calibration import Calibration
from pipeline.tagger.clitics import Clitics
from pipeline.tagger.decoding import Decoder, best_labels, trimmed
from pipeline.tagger.labels import LABELS
from pipeline.tagger.mentions import Mention

# How usual words are, for a tokenizer that knows these only.
KNOWN = {"بغداد": -8.0, "العراق": -8.0, "مراكش": -9.0, "كمال": -9.0, "مال": -8.0, "محمد": -7.0}


def likelihood(word: str) -> float:
    return KNOWN.get(word, -20.0)


def decode(text: str, pieces: str, labels: str) -> list[tuple[str, str]]:
    """`pieces` are divided by |, spaces belong to the piece after; `labels` by spaces."""
    offsets = []
    at = 0
    for piece in pieces.split("|"):
        start = text.index(piece, at) if piece else at
        at = start + len(piece)
        offsets.append((start, at))
    rows = np.full((len(offsets), len(LABELS)), 0.01, dtype=np.float32)
    for row, label in zip(rows, labels.split(), strict=True):
        row[LABELS.index(label)] = 0.92
    found = Decoder(Clitics(likelihood)).mentions(text, offsets, rows)
    return [(text[mention.start : mention.end], mention.type) for mention in found]


@pytest.mark.parametrize(
    ("text", "pieces", "labels", "expected"),
    [
        ("قال محمد علي", "قال|محمد|علي", "O B-PER I-PER", [("محمد علي", "PER")]),
        ("محمد علي", "محمد|علي", "B-PER B-PER", [("محمد", "PER"), ("علي", "PER")]),
        # clitics: cut by the labels, by the words' statistics, by the article, never from a name
        ("في وبغداد", "في|و|بغداد", "O O B-LOC", [("بغداد", "LOC")]),
        ("وبغداد", "وبغ|داد", "B-LOC I-LOC", [("بغداد", "LOC")]),
        ("ومراكش", "ومراكش", "B-LOC", [("مراكش", "LOC")]),
        ("والعراق", "والعراق", "B-LOC", [("العراق", "LOC")]),
        ("للعراق", "لل|عراق", "B-LOC I-LOC", [("لعراق", "LOC")]),
        ("وللعراق", "ولل|عراق", "B-LOC I-LOC", [("لعراق", "LOC")]),
        ("بالمغرب", "بال|مغرب", "B-LOC I-LOC", [("المغرب", "LOC")]),
        ("كمال", "كمال", "B-PER", [("كمال", "PER")]),
        ("وليد", "وليد", "B-PER", [("وليد", "PER")]),
        ("ووليد", "ووليد", "B-PER", [("وليد", "PER")]),
        ("لبنان", "لبنان", "B-LOC", [("لبنان", "LOC")]),
        ("ولبنان", "ولبنان", "B-LOC", [("لبنان", "LOC")]),
        ("والتر", "والتر", "B-PER", [("والتر", "PER")]),
        ("بـبغداد", "بـ|بغداد", "O B-LOC", [("بغداد", "LOC")]),
        ("بـبغداد", "بـبغداد", "B-LOC", [("بغداد", "LOC")]),
        # a label that begins inside of a word that is no clitic takes the whole word, and ends with the word
        ("الساعدي", "ال|ساعد|ي", "O B-PER O", [("الساعدي", "PER")]),
        ("مُحَمَّدٌ قال", "مُحَمَّد|قال", "B-PER O", [("مُحَمَّدٌ", "PER")]),
        ("محـــمد.", "محـــم|د.", "B-PER O", [("محـــمد", "PER")]),
        # punctuation, quotes and brackets
        ("«العهد»،", "«|العهد|»،", "B-ORG I-ORG I-ORG", [("العهد", "ORG")]),
        ('قناة "العهد" قالت', 'قناة|"العهد"|قالت', "B-ORG I-ORG O", [('قناة "العهد"', "ORG")]),
        ("قناة «العهد» قالت", "قناة|«العهد|»|قالت", "B-ORG I-ORG O O", [("قناة «العهد»", "ORG")]),
        ('قناة "العهد" قالت', 'قناة|"العهد|"|قالت', "B-ORG I-ORG O O", [('قناة "العهد"', "ORG")]),
        ("(سومو)", "(سومو)", "B-ORG", [("سومو", "ORG")]),
        ("😀 محمد\u200f،", "😀|محمد\u200f|،", "B-PER I-PER O", [("محمد", "PER")]),
        ("«»", "«»", "B-ORG", []),
        # ligatures: one sign that holds the clitic and the name's first letter cannot be cut
        ("ﻻتحاد", "ﻻتحاد", "B-ORG", [("ﻻتحاد", "ORG")]),
        ("ﻭﺑﻐﺪﺍﺩ", "ﻭﺑﻐﺪﺍﺩ", "B-LOC", [("ﺑﻐﺪﺍﺩ", "LOC")]),
        # an empty piece (the mark of a word's beginning) neither begins nor ends a span
        ("في محمد", "في||محمد", "O B-PER I-PER", [("محمد", "PER")]),
        # two entities in one word cannot be: the first has it
        ("محمدعلي", "محمد|علي", "B-PER B-LOC", [("محمدعلي", "PER")]),
    ],
)
def test_spans(text: str, pieces: str, labels: str, expected: list[tuple[str, str]]) -> None:
    assert decode(text, pieces, labels) == expected


def test_inside_never_follows_what_it_does_not_continue() -> None:
    rows = np.full((3, len(LABELS)), 0.01, dtype=np.float32)
    rows[0, LABELS.index("O")], rows[0, LABELS.index("B-PER")] = 0.5, 0.4
    rows[1, LABELS.index("I-PER")] = rows[2, LABELS.index("I-PER")] = 0.9
    assert [LABELS[label] for label in best_labels(rows)] == ["B-PER", "I-PER", "I-PER"]


def test_score_is_how_sure_the_labels_and_the_ending_are() -> None:
    rows = np.zeros((3, len(LABELS)), dtype=np.float32)
    rows[0, LABELS.index("B-PER")], rows[1, LABELS.index("I-PER")] = 0.5, 0.75
    rows[2, LABELS.index("O")], rows[2, LABELS.index("I-PER")] = 0.6, 0.4
    (mention,) = Decoder(Clitics(likelihood)).mentions("محمد علي قال", [(0, 4), (5, 8), (9, 12)], rows)
    assert mention.score == round((0.5 * 0.75 * 0.6) ** (1 / 3), 4)
    (mention,) = Decoder(Clitics(likelihood)).mentions("محمد علي", [(0, 4), (5, 8)], rows[:2])
    assert mention.score == round((0.5 * 0.75) ** (1 / 3), 4)


def test_a_calibration_moves_the_score_and_nothing_else() -> None:
    rows = np.zeros((1, len(LABELS)), dtype=np.float32)
    rows[0, LABELS.index("B-LOC")] = 0.81
    halved = Calibration({"LOC": ([0.0, 1.0], [0.0, 0.5])})
    (mention,) = Decoder(Clitics(likelihood), halved).mentions("بغداد", [(0, 5)], rows)
    assert mention == Mention(0, 5, "LOC", 0.45)


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=9, max_size=9), min_size=1, max_size=12))
def test_labels_are_well_formed_and_at_least_as_likely_as_any_repair(rows: list[list[float]]) -> None:
    probabilities = np.array(rows, dtype=np.float32)
    labels = best_labels(probabilities).tolist()
    before = 0
    for label in labels:
        assert label == 0 or label % 2 == 1 or before in (label, label - 1)
        before = label
    # the plain repair: what may not stand inside begins
    greedy = probabilities.argmax(axis=1).tolist()
    for place, label in enumerate(greedy):
        if label and label % 2 == 0 and (place == 0 or greedy[place - 1] not in (label, label - 1)):
            greedy[place] = label - 1
    logs = np.log(probabilities.astype(np.float64))
    places = range(len(labels))
    assert logs[places, labels].sum() >= logs[places, greedy].sum() - 1e-9


@given(st.text(alphabet=st.sampled_from("اب «»\"'()[]ـ\u200f\u064b+.،"), max_size=12), st.data())
def test_trimmed_stays_inside(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    begin, finish = trimmed(text, start, end)
    assert start <= begin <= finish <= end
    span = text[begin:finish]
    assert span == span.strip()
    assert trimmed(text, begin, finish) == (begin, finish)
