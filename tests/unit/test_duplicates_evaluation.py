"""The scores of the duplicates, on answers made by hand; the truth beside a loop over sets."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import orjson
import pytest

from pipeline.duplicates.rule import Rule
from pipeline.errors import Stop
from pipeline.evaluation import duplicates
from pipeline.evaluation.duplicates import Answers, scores, texts_of
from pipeline.evaluation.duplicates_truth import Truth
from pipeline.settings import Settings
from tests.brute_force import shingles

WORDS = [f"كلمة{number}" for number in range(300)]


def text(first: int, count: int) -> str:
    return " ".join(WORDS[first : first + count])


TEXTS = [
    ("", text(0, 100)),
    ("", text(10, 100)),
    ("", text(20, 31)),
    ("عنوان", text(150, 60)),
    ("", text(240, 50)),
]


def answers() -> Answers:
    return Answers(
        order=[0, 1, 2, 3, 4],
        duplicate_of={1: 0, 2: 0},
        cluster={0: "x", 1: "x", 2: "y", 3: "z", 4: "w"},
        joins=[("x", "y")],
        seconds=2.0,
    )


def test_all_right() -> None:
    found = scores(Settings(), TEXTS, [(0, 1, 0.8), (0, 2, 0.3), (1, 2, 0.5)], answers())
    assert found == {
        "recall": 1.0, "precision": 1.0, "contained_recall": 1.0, "links": 2, "clusters": 1,
        "articles_per_second": 2.5, "articles": 5, "pairs": 2, "contained": 1,
    }  # fmt: skip


def test_each_fault_lowers_its_score() -> None:
    pairs = [(0, 1, 0.8), (3, 4, 0.6)]
    wrong = answers()
    wrong.duplicate_of[4] = 3
    assert scores(Settings(), TEXTS, pairs, wrong)["precision"] == pytest.approx(2 / 3)
    assert scores(Settings(), TEXTS, pairs, wrong)["recall"] == 0.5
    wrong = answers()
    del wrong.duplicate_of[2]
    assert scores(Settings(), TEXTS, pairs, wrong)["contained_recall"] == 0.0
    wrong = answers()
    wrong.joins = []
    assert scores(Settings(), TEXTS, [(1, 2, 0.9)], wrong)["recall"] == 0.0
    wrong.cluster.pop(2)
    assert scores(Settings(), TEXTS, [(2, 2, 0.9)], wrong)["recall"] == 0.0, "what has no answer is in no cluster"


def test_the_truth_is_that_of_sets() -> None:
    dice, rule = random.Random(5), Rule()
    texts = [text(dice.randrange(200), dice.choice((5, 11, 20, 31, 60, 100))) for _ in range(60)]
    truth, sets = Truth(texts, rule), [shingles(each) for each in texts]
    contained = set()
    for number in range(60):
        (words, own), near, inside = sets[number], False, False
        for earlier in range(number):
            count, other = sets[earlier]
            common = len(own & other)
            is_near = common / len(own | other) >= 0.5
            is_inside = words >= 30 and common >= 0.8 * len(own)
            short = min(words, count) < 12
            expected = texts[number] == texts[earlier] or (not short and (is_near or is_inside))
            assert truth.is_link(number, earlier, 0.0) == expected
            near, inside = near or (is_near and not short), inside or (is_inside and not short)
        contained |= {number} if inside and not near else set()
    assert truth.contained(range(60)) == contained != set()


def test_articles_are_read_from_plain_and_packed_files(tmp_path: Path) -> None:
    lines = b"\n".join(
        map(
            orjson.dumps, ({"text": "نص"}, {"title": "عنوان", "content": "متن"}, {"content": "متن"}, {"title": ""})
        )
    )
    (tmp_path / "plain").write_bytes(lines)
    (tmp_path / "packed").write_bytes(gzip.compress(lines))
    assert texts_of(tmp_path / "plain") == texts_of(tmp_path / "packed") == ["نص", "عنوان\n\nمتن", "متن"]
    (tmp_path / "broken").write_bytes(b"{\n")
    with pytest.raises(Stop, match="broken: not JSON Lines"):
        texts_of(tmp_path / "broken")


def test_pairs_that_are_none_are_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("i\tj\tsource\tsimilarity\n0\t5\tx\t0.75\n", encoding="utf-8")
    assert duplicates._pairs(path) == [(0, 5, 0.75)]
    path.write_text("i\tj\tsimilarity\n0\tx\t0.75\n", encoding="utf-8")
    with pytest.raises(Stop, match="two line numbers first"):
        duplicates._pairs(path)
