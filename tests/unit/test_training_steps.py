"""A training in steps: what is done is not done again, unless what went into it has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from pipeline.training.steps import Steps


class Made:
    """Steps that note that they were done."""

    def __init__(self, work: Path) -> None:
        self.work, self.names = work, list[str]()

    def run(self, *recipe: object, fail: str = "") -> list[str]:
        self.names = []
        steps = Steps(self.work, Console(quiet=True))
        for number, inputs in enumerate(recipe):
            name = f"step-{number}"

            def do(folder: Path, name: str = name) -> None:
                self.names.append(name)
                (folder / "begun").touch()
                if name == fail:
                    raise KeyboardInterrupt

            steps.run(name, inputs, do)
        assert set(steps.seconds) == {f"step-{number}" for number in range(len(recipe))}
        return self.names


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    made = Made(tmp_path)
    assert made.run(1, {"rate": 0.1}) == ["step-0", "step-1"]
    assert made.run(1, {"rate": 0.1}) == []
    assert made.run(1, {"rate": 0.2}) == ["step-1"]
    assert made.run(2, {"rate": 0.2}) == ["step-0", "step-1"], "a step depends on those before it"


def test_a_step_that_was_cut_off_goes_on_in_its_folder(tmp_path: Path) -> None:
    made = Made(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        made.run(1, 2, fail="step-1")
    assert (tmp_path / "step-1" / "begun").exists()
    assert made.run(1, 2) == ["step-1"]


def test_another_recipe_begins_in_an_empty_folder(tmp_path: Path) -> None:
    made = Made(tmp_path)
    made.run(1)
    (tmp_path / "step-0" / "snapshot.pt").touch()
    made.run(2)
    assert not (tmp_path / "step-0" / "snapshot.pt").exists()
