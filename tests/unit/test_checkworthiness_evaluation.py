"""`khabar evaluate checkworthiness`: rankings, baselines, and what the tables look like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KhabarError
from pipeline.evaluation.checkworthiness import average_precision, evaluate_checkworthiness
from pipeline.evaluation.resampling import interval, interval_of_ratio, ratio

TWEETS = """topic\ttweet_id\ttweet_text\tclass_label
a\t1\tقتل 12 شخصا في القصف\tYes
a\t2\tصباح الخير يا وطني\tNo
a\t3\tارتفعت البطالة إلى 30 بالمئة\tYes
a\t4\tشكرا لكم جميعا على الحضور الجميل\tNo
"""


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("truth", "scores", "expected"),
    [
        ([1, 1, 0, 0], [4, 3, 2, 1], 1.0),
        ([1, 0, 1, 0], [4, 3, 2, 1], (1 + 2 / 3) / 2),
        ([0, 0, 1], [3, 2, 1], 1 / 3),
        ([1, 0, 0, 0], [1, 1, 1, 1], 0.25),  # one score for all: no ranking, the share of what is true
        ([1, 0, 1, 0], [2, 2, 1, 1], 0.5),
        ([0, 0], [2, 1], 0.0),
    ],
)
def test_average_precision(truth: list[int], scores: list[float], expected: float) -> None:
    assert average_precision(np.array(truth, dtype=bool), np.array(scores, dtype=float)) == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=12), st.randoms())
def test_order_in_the_file_does_not_matter(items: list[tuple[bool, int]], random: object) -> None:
    def score(pairs: list[tuple[bool, int]]) -> float:
        return average_precision(np.array([t for t, _ in pairs]), np.array([float(s) for _, s in pairs]))

    shuffled = items[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert score(shuffled) == pytest.approx(score(items))
    assert 0.0 <= score(items) <= 1.0


def test_a_table_of_tweets_with_baselines(tmp_path: Path) -> None:
    scores = evaluate_checkworthiness([write(tmp_path / "tweets.tsv", TWEETS)])
    assert (scores["texts"], scores["check_worthy"]) == (4, 2)
    assert scores["average_precision"] == 1.0
    assert scores["baselines"]["words"]["average_precision"] < 1.0
    assert scores["baselines"]["order"]["average_precision"] == round((1 + 2 / 3) / 2, 4)
    for baseline in scores["baselines"].values():
        assert baseline["ahead"] == pytest.approx(1.0 - baseline["average_precision"], abs=1e-4)
        assert baseline["interval"][0] <= baseline["interval"][1]


def test_several_files_are_one_set_and_a_debate_has_no_head_line(tmp_path: Path) -> None:
    debate = write(tmp_path / "debate.txt", "1\tالمقدم\tمساء الخير\t0\n2\tالوزيرة\tخسرنا 900 وظيفة\t1\n")
    lines = write(tmp_path / "more.jsonl", '{"text": "زاد الدين 5 مليارات", "check_worthy": true}\n')
    scores = evaluate_checkworthiness([debate, lines])
    assert (scores["texts"], scores["check_worthy"], scores["average_precision"]) == (3, 2, 1.0)


def test_a_worse_score_is_behind(tmp_path: Path) -> None:
    table = write(tmp_path / "tweets.tsv", TWEETS)
    scores = evaluate_checkworthiness([table], lambda text: -len([sign for sign in text if sign.isdigit()]))
    assert scores["baselines"]["digits"]["ahead"] < 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (TWEETS.replace("Yes", "Maybe"), "line 2: the label «Maybe»"),
        (TWEETS.replace("class_label", "verdict"), "no column"),
        (TWEETS.replace("a\t3\t", "a 3 "), "line 4: 2 columns, not 4"),
        (TWEETS.replace("Yes", "No"), "one label"),
        ('{"text": 3}', "line 1"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(KhabarError, match=message):
        evaluate_checkworthiness([write(tmp_path / "bad.tsv", content)])


def test_an_interval_holds_its_score_and_narrows_with_more_units() -> None:
    few, many = (np.array([[1.0, 1.0], [0.0, 1.0]] * times) for times in (10, 1000))
    wide, narrow = interval_of_ratio(few), interval_of_ratio(many)
    assert wide[0] < 0.5 < wide[1]
    assert wide[0] < narrow[0] < 0.5 < narrow[1] < wide[1]
    assert interval_of_ratio(few) == wide  # seeded
    assert interval(0, lambda _: 1.0) == [0.0, 0.0]
    assert ratio(np.zeros((0, 2))) == 0.0
