"""Calibration: a consumer can filter at 0.9 and get 0.9."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest

from pipeline.evaluation.annotated import Document
from pipeline.evaluation.reliability import reliability
from pipeline.tagger.calibration import Calibration
from pipeline.tagger.files import CALIBRATION, WEIGHTS
from pipeline.tagger.local import LocalTagger
from pipeline.training.calibration import Scored, calibrate, cross_validated, fit, held_out_mentions

KINDS = ("PER", "LOC", "ORG")
Truth = Callable[[float, str], float]


def boastful(raw: float, kind: str) -> float:
    """How often a model of today is right: less often than it feels, of organisations far less."""
    return raw ** {"PER": 4.0, "LOC": 2.0, "ORG": 9.0}[kind]


def timid(raw: float, kind: str) -> float:
    return min(1.0, 0.4 + 0.6 * raw)


def mentions(truth: Truth, count: int, seed: int) -> list[Scored]:
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        raw, kind = round(1 - 0.8 * chance.random() ** 2, 4), chance.choice(KINDS)
        rows.append(Scored(raw, kind, chance.random() < truth(raw, kind)))
    return rows


def fitted(rows: list[Scored]) -> Calibration:
    return fit([row.score for row in rows], [row.correct for row in rows], [row.type for row in rows])


@pytest.mark.parametrize("truth", [boastful, timid])
@pytest.mark.parametrize("seed", range(5))
def test_filter_at_nine_tenths_and_nine_tenths_are_right(truth: Truth, seed: int) -> None:
    """Fitted to as many mentions as 200 articles have, tried on others: at each threshold, for each type."""
    calibration = fitted(mentions(truth, 2_000, seed))
    fresh = mentions(truth, 40_000, 100 + seed)
    scores = [calibration.score(row.type, row.score) for row in fresh]
    right = [row.correct for row in fresh]
    raw = reliability([row.score for row in fresh], right)
    told = reliability(scores, right)
    assert raw["expected_calibration_error"] > 0.06, "there is something to mend"
    assert told["expected_calibration_error"] < 0.03
    for threshold in ("0.5", "0.7", "0.9"):
        if told["precision_at"][threshold]["mentions"] > 500:
            assert told["precision_at"][threshold]["precision"] >= float(threshold) - 0.01
    assert told["precision_at"]["0.9"]["mentions"] > 500
    for kind in KINDS:
        of_kind = [
            row.correct for row, score in zip(fresh, scores, strict=True) if row.type == kind and score >= 0.9
        ]
        assert len(of_kind) < 200 or sum(of_kind) / len(of_kind) >= 0.87


def test_a_raw_score_does_not_keep_that_promise() -> None:
    rows = mentions(boastful, 40_000, 1)
    told = reliability([row.score for row in rows], [row.correct for row in rows])
    assert told["precision_at"]["0.9"]["precision"] < 0.88


def test_few_mentions_of_a_type_lean_on_the_others() -> None:
    rows = [row for row in mentions(boastful, 2_000, 1) if row.type != "ORG"]
    rows += [Scored(0.9, "ORG", True)] * 3
    assert fitted(rows).score("ORG", 0.9) < 0.95
    assert set(fitted(rows).knots) == {"PER", "LOC", "ORG"}


def test_one_mention_is_enough_and_none_is_not() -> None:
    assert fitted([Scored(0.9, "PER", True)]).score("PER", 0.2) == pytest.approx(0.75)
    with pytest.raises(ValueError, match="needs mentions"):
        fitted([])
    with pytest.raises(ValueError, match="needs mentions"):
        fit([0.5], [True, False], ["PER"])


def test_scores_that_are_all_alike() -> None:
    rows = [Scored(0.8, "PER", number % 4 > 0) for number in range(400)]
    assert fitted(rows).score("PER", 0.8) == pytest.approx(0.75, abs=0.01)


def test_the_report_is_cross_validated(tmp_path: Path) -> None:
    """On pure noise a map has nothing to learn, and must not look better than it is."""
    chance = random.Random(5)
    noise = [Scored(round(chance.random(), 4), "PER", chance.random() < 0.7) for _ in range(1_000)]
    report = calibrate(noise, tmp_path)
    assert report.mentions == 1_000
    assert report.before["expected_calibration_error"] > 0.2
    assert report.after["expected_calibration_error"] < 0.08
    assert report.after["brier"] >= 0.7 * 0.3 - 0.02
    assert Calibration.read(tmp_path / CALIBRATION).score("PER", 0.1) == pytest.approx(0.7, abs=0.1)
    assert cross_validated(noise[:5]) == [row.score for row in noise[:5]]


def test_a_model_is_calibrated_on_held_out_documents(tmp_path: Path) -> None:
    for file in WEIGHTS.iterdir():
        copyfile(file, tmp_path / file.name)
    (tmp_path / CALIBRATION).write_text('{"PER": {"raw": [0.5], "calibrated": [0.123]}}')  # an old one
    text = "قال محمد علي في بغداد"
    documents = [Document(text, ((4, 12, "PER"), (16, 21, "ORG")), None)] * 3
    found = held_out_mentions(documents, tmp_path)
    assert [(row.type, row.correct) for row in found] == [("PER", True), ("LOC", False)] * 3
    assert all(row.score > 0.5 for row in found), "raw scores, not those of the old map"
    calibrate(found, tmp_path)
    (tagged,) = LocalTagger(tmp_path).tag([text])
    assert tagged[0].score > tagged[1].score
