"""The weights that ship are those that the labels give."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipeline.errors import KhabarError
from pipeline.training.checkworthiness import SCALE, fit, read_labels, rewritten


def test_the_weights_that_ship_come_of_the_labels() -> None:
    shipped = tomllib.loads(SCALE.read_text(encoding="utf-8"))
    weights = {"base": shipped["base"], "length": shipped["length"]}
    weights |= {name: reason["weight"] for name, reason in shipped["reason"].items()}
    assert fit(read_labels()) == pytest.approx(weights, abs=0.02)


def test_signs_are_those_of_the_guidelines() -> None:
    """Labels that say the opposite: prayers worth checking, deaths not."""
    weights = fit([("شكرا شكرا لله", 3), ("قتل 12 شخصا", 0)] * 20)
    assert weights["courtesy"] == 0.0
    assert weights["casualties"] == weights["figure"] == 0.0


def test_rewriting_touches_numbers_alone() -> None:
    toml = SCALE.read_text(encoding="utf-8")
    changed = rewritten(toml, {"base": -9.5, "casualties": 7.25})
    read = tomllib.loads(changed)
    assert (read["base"], read["reason"]["casualties"]["weight"]) == (-9.5, 7.25)
    differing = [one for one, other in zip(toml.splitlines(), changed.splitlines(), strict=True) if one != other]
    assert len(differing) == 2
    with pytest.raises(KhabarError, match="stands there 0 times"):
        rewritten(toml, {"weather": 1.0})


@pytest.mark.parametrize("line", ["4\tنص", "نص", "2\t ", "2 نص"])
def test_a_bad_label_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "bad.tsv").write_text(f"1\tنص\n{line}\n", encoding="utf-8")
    with pytest.raises(KhabarError, match="line 2"):
        read_labels(tmp_path)


def test_no_labels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KhabarError, match="holds no labels"):
        read_labels(tmp_path)
