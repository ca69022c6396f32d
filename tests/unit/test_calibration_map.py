"""The map from raw to calibrated scores, and its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Stop
from pipeline.tagger.calibration import UNCALIBRATED, Calibration
from pipeline.tagger.files import CALIBRATION, WEIGHTS
from pipeline.tagger.local import LocalTagger
from pipeline.tagger.version import model_version

TEXT = "قال محمد علي في بغداد"
LOW = Calibration({"LOC": ([0.2, 0.6, 1.0], [0.1, 0.2, 0.3])})


def test_between_points_it_runs_straight_and_beyond_them_flat() -> None:
    assert [round(LOW.score("LOC", raw), 6) for raw in (0.0, 0.2, 0.4, 0.6, 0.9, 1.0)] == [
        0.1,
        0.1,
        0.15,
        0.2,
        0.275,
        0.3,
    ]
    assert LOW.score("PER", 0.4) == 0.4
    assert UNCALIBRATED.score("LOC", 0.4) == 0.4


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_order_is_kept(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 < LOW.score("LOC", low) <= LOW.score("LOC", high) <= 1


def test_file(tmp_path: Path) -> None:
    LOW.write(tmp_path / CALIBRATION)
    assert Calibration.read(tmp_path / CALIBRATION).knots == LOW.knots
    assert Calibration.read(tmp_path / "none.json") is UNCALIBRATED


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"PER": {"raw": [0.5]}}',
        '{"PER": {"raw": [], "calibrated": []}}',
        '{"PER": {"raw": [0.5, 0.4], "calibrated": [0, 1]}}',
        '{"PER": {"raw": [0.5, 0.6], "calibrated": [1, 0]}}',
        '{"PER": {"raw": [0.5, 0.6], "calibrated": [0]}}',
        '{"PER": {"raw": [0.5, 0.6], "calibrated": [0, 2]}}',
    ],
)
def test_what_is_no_calibration_stops(tmp_path: Path, content: str) -> None:
    (tmp_path / CALIBRATION).write_text(content)
    with pytest.raises(Stop, match="is no calibration"):
        Calibration.read(tmp_path / CALIBRATION)


def test_weights_with_a_calibration_are_another_version(tmp_path: Path) -> None:
    for file in WEIGHTS.iterdir():
        if file.name != CALIBRATION:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    plain = LocalTagger(tmp_path)
    (before,) = plain.tag([TEXT])
    version = plain.version
    model_version.cache_clear()
    LOW.write(tmp_path / CALIBRATION)
    calibrated = LocalTagger(tmp_path)
    (after,) = calibrated.tag([TEXT])
    assert calibrated.version != version
    assert [(m.start, m.end, m.type) for m in after] == [(m.start, m.end, m.type) for m in before]
    assert [m.score for m in after if m.type != "LOC"] == [m.score for m in before if m.type != "LOC"]
    assert [m.score for m in after if m.type == "LOC"] == pytest.approx(
        [LOW.score("LOC", m.score) for m in before if m.type == "LOC"], abs=2e-4
    )
