"""What is said of scores: intervals, significance, confusion, reliability, and two models side by side."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.alignment import aligned
from pipeline.evaluation.annotated import Span
from pipeline.evaluation.comparison import compare_entities
from pipeline.evaluation.confusion import confusion
from pipeline.evaluation.entities import evaluate_entities
from pipeline.evaluation.intervals import counted, intervals
from pipeline.evaluation.reliability import reliability
from pipeline.evaluation.significance import ROUNDS, difference, randomised
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger

TYPES = ("PER", "LOC")
ONE: Span = (0, 4, "PER")
OTHER: Span = (5, 9, "LOC")
LINE = '{"text": "محمد", "entities": [{"type": "PER", "start": 0, "end": 4, "text": "محمد"}]}\n'


class Careless(Tagger):
    """Knows that every text is one word that is a person, and forgets it as often as `wrong` says."""

    def __init__(self, wrong: float, seed: int) -> None:
        self.wrong, self.chance = wrong, random.Random(seed)

    @property
    def version(self) -> str:
        return f"careless-{self.wrong}"

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        return [[] if self.chance.random() < self.wrong else [Mention(0, len(t), "PER", 0.9)] for t in texts]


def documents(right: float, count: int, seed: int = 1) -> list[tuple[set[Span], set[Span]]]:
    chance = random.Random(seed)
    return [({ONE}, {ONE} if chance.random() < right else {OTHER}) for _ in range(count)]


def test_counts_are_right_found_and_wanted() -> None:
    counts = counted([({ONE}, {ONE, OTHER}), (set(), set())], TYPES)
    assert counts.tolist() == [[[1, 2, 1], [1, 1, 1], [0, 1, 0]], [[0, 0, 0]] * 3]


def test_an_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    """200 samples of 100 texts, of which 80 % are right on the whole: 95 % of the intervals should hold 0.8."""
    held = 0
    for seed in range(200):
        found = intervals(counted(documents(0.8, 100, seed), TYPES), TYPES)
        low, high = found["f1"]
        assert 0 <= low < high <= 1
        held += low <= 0.8 <= high
    assert 180 <= held <= 198


def test_more_texts_make_it_narrower_and_one_alone_has_no_width() -> None:
    def width(count: int) -> float:
        low, high = intervals(counted(documents(0.8, count), TYPES), TYPES)["f1"]
        return float(high - low)

    assert width(1) == 0
    assert width(1600) == pytest.approx(width(100) / 4, rel=0.35)


def test_of_a_type_that_is_not_there_nothing_is_known() -> None:
    assert intervals(counted([({ONE}, {ONE})] * 5, TYPES), TYPES)["by_type"] == {
        "PER": {"precision": [1.0, 1.0], "recall": [1.0, 1.0], "f1": [1.0, 1.0]},
        "LOC": {"precision": [0.0, 0.0], "recall": [0.0, 0.0], "f1": [0.0, 0.0]},
    }


def test_models_that_are_alike_do_not_differ() -> None:
    """Two models with the same error rate: p is below 0.05 about once in twenty, not more often."""
    below = 0
    for seed in range(60):
        one, other = (counted(documents(0.8, 80, seed * 2 + model), TYPES) for model in (0, 1))
        p = randomised(one, other)[0]
        assert 0 < p <= 1
        below += p < 0.05
    assert below <= 8


def test_a_clear_difference_is_seen() -> None:
    one, other = counted(documents(0.7, 300, 1), TYPES), counted(documents(0.9, 300, 2), TYPES)
    assert randomised(one, other)[0] == pytest.approx(1 / (ROUNDS + 1), abs=1e-3)
    value, low, high = difference(one, other)
    assert 0.1 < low[0] < value[0] < high[0] < 0.35
    back, low_back, high_back = difference(other, one)
    assert (back[0], low_back[0], high_back[0]) == pytest.approx((-value[0], -high[0], -low[0]), abs=2e-4)


def test_the_same_answers_are_no_difference() -> None:
    counts = counted(documents(0.7, 50), TYPES)
    assert randomised(counts, counts).tolist() == [1.0] * 3
    assert [array.tolist() for array in difference(counts, counts)] == [[0.0] * 3] * 3


def test_few_texts_of_which_p_is_known() -> None:
    """Three texts that one model has right and the other not: of the eight swaps two are as extreme. p is 1/4."""
    one = counted([({ONE}, set())] * 3, TYPES)
    other = counted([({ONE}, {ONE})] * 3, TYPES)
    assert randomised(one, other)[0] == pytest.approx(0.25, abs=0.02)


def test_two_models_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(LINE * 300, encoding="utf-8")
    compared = compare_entities(path, Careless(0.4, 1), Careless(0.1, 2))
    assert compared["a"]["model"] == "careless-0.4"
    assert compared["b"]["recall"] > compared["a"]["recall"]
    change = compared["difference"]
    assert change["f1"] == pytest.approx(compared["b"]["f1"] - compared["a"]["f1"], abs=2e-4)
    assert change["interval"][0] > 0
    assert change["p_value"] < 0.001
    assert change["by_type"]["LOC"] == {"f1": 0.0, "interval": [0.0, 0.0], "p_value": 1.0}
    again = compare_entities(path, Careless(0.4, 1), Careless(0.1, 2))
    assert again == compared, "seeded"


def test_pairs_are_made_by_overlap() -> None:
    gold: list[Span] = [(0, 4, "PER"), (5, 9, "LOC"), (10, 20, "ORG"), (30, 34, "PER")]
    found: list[Span] = [(0, 4, "PER"), (5, 9, "ORG"), (10, 14, "ORG"), (15, 20, "LOC"), (40, 44, "LOC")]
    assert aligned(gold, found) == [
        ((0, 4, "PER"), (0, 4, "PER")),
        ((5, 9, "LOC"), (5, 9, "ORG")),
        (None, (10, 14, "ORG")),
        ((10, 20, "ORG"), (15, 20, "LOC")),
        ((30, 34, "PER"), None),
        (None, (40, 44, "LOC")),
    ]


SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 6), st.sampled_from(TYPES)).map(
        lambda s: (s[0], s[0] + s[1], s[2])
    ),
    max_size=8,
    unique=True,
)


@settings(deadline=None)
@given(SPANS, SPANS)
def test_each_span_is_in_one_pair(gold: list[Span], found: list[Span]) -> None:
    pairs = aligned(gold, found)
    assert sorted(one for one, _ in pairs if one) == sorted(gold)
    assert sorted(other for _, other in pairs if other) == sorted(found)
    for one, other in pairs:
        assert not one or not other or (one[0] < other[1] and other[0] < one[1])
        assert one or other
    assert {one for one, other in pairs if one == other} == set(gold) & set(found)


@settings(deadline=None)
@given(st.lists(st.tuples(SPANS, SPANS), max_size=4))
def test_confusion_adds_up(texts: list[tuple[list[Span], list[Span]]]) -> None:
    found = confusion(texts, TYPES)
    for kind in TYPES:
        assert sum(found["types"][kind].values()) == sum(s[2] == kind for gold, _ in texts for s in gold)
        column = sum(row[kind] for row in found["types"].values())
        assert column == sum(s[2] == kind for _, answers in texts for s in answers)
        right = sum(s[2] == kind for gold, answers in texts for s in set(gold) & set(answers))
        assert found["types"][kind][kind] - found["wrong_borders"][kind] == right


def test_confusion_of_each_kind() -> None:
    found = confusion([({ONE, OTHER}, {(0, 3, "PER"), (5, 9, "PER"), (20, 22, "LOC")}), ({ONE}, set())], TYPES)
    assert found == {
        "types": {
            "PER": {"PER": 1, "LOC": 0, "missed": 1},
            "LOC": {"PER": 1, "LOC": 0, "missed": 0},
            "spurious": {"PER": 0, "LOC": 1},
        },
        "wrong_borders": {"PER": 1, "LOC": 0},
    }


def test_reliability_by_hand() -> None:
    told = reliability([0.95, 0.95, 0.95, 0.95, 0.55, 1.0], [True, True, True, False, False, True])
    assert told["bins"] == [
        {"from": 0.5, "to": 0.6, "mentions": 1, "score": 0.55, "right": 0.0},
        {"from": 0.9, "to": 1.0, "mentions": 5, "score": 0.96, "right": 0.8},
    ]
    assert told["expected_calibration_error"] == round((0.55 + 5 * 0.16) / 6, 4)
    assert told["precision_at"]["0.9"] == {"mentions": 5, "precision": 0.8}
    assert told["precision_at"]["0.5"] == {"mentions": 6, "precision": 0.6667}


def test_reliability_of_nothing() -> None:
    told = reliability([], [])
    assert told["bins"] == []
    assert told["precision_at"]["0.9"] == {"mentions": 0, "precision": None}


def test_scores_that_are_honest_have_no_error() -> None:
    chance = np.random.default_rng(1)
    scores = chance.random(50_000)
    told = reliability(scores.tolist(), (chance.random(50_000) < scores).tolist())
    assert told["expected_calibration_error"] < 0.01
    assert told["brier"] == pytest.approx(1 / 6, abs=0.01)


def test_the_evaluation_has_them_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(LINE * 20, encoding="utf-8")
    scores = evaluate_entities(path, Careless(0.5, 3))
    low, high = scores["intervals"]["recall"]
    assert low < scores["recall"] < high
    assert scores["intervals"]["by_type"]["PER"]["recall"] == [low, high]
    missed = scores["confusion"]["types"]["PER"]["missed"]
    assert missed == 20 - scores["confusion"]["types"]["PER"]["PER"] > 0
    assert scores["reliability"]["bins"][0]["right"] == 1.0
