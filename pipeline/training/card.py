"""The model card and the notices that go with the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any

from pipeline.tagger.labels import TYPES

_HERE = Path(__file__).parent


@dataclass
class Run:
    """What a training run did. An epoch has its loss, the scores of held-out text, and the seconds so far."""

    recipe: Mapping[str, float]
    sentences: Mapping[str, int]
    epochs: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0


def write(out: Path, run: Run, tests: Mapping[str, Mapping[str, Any]]) -> None:
    """Write README.md and NOTICE to `out`. `tests` are results of `evaluate_entities`, by the file's name."""
    size = sum(file.stat().st_size for file in out.iterdir() if file.suffix in (".xml", ".bin", ".json"))
    card = (
        (_HERE / "card.md")
        .read_text(encoding="utf-8")
        .format(
            size=size / 1e6,
            anercorp=run.sentences["anercorp"],
            authored=run.sentences["authored"],
            recipe="\n".join(f"| {name.replace('_', ' ')} | {value:g} |" for name, value in run.recipe.items()),
            epochs="\n".join(_epoch(number, epoch) for number, epoch in enumerate(run.epochs, 1)),
            minutes=run.seconds / 60,
            tests=_tests(tests),
        )
    )
    (out / "README.md").write_text(card, encoding="utf-8")
    copyfile(_HERE / "NOTICE.txt", out / "NOTICE")


def _epoch(number: int, epoch: Mapping[str, float]) -> str:
    shares = " | ".join(f"{epoch[name]:.3f}" for name in ("loss", "anercorp", "authored"))
    return f"| {number} | {shares} | {epoch['seconds']:g} |"


def _tests(tests: Mapping[str, Mapping[str, Any]]) -> str:
    if not tests:
        return "Not tested yet: `khabar evaluate entities FILE` does."
    rows: Sequence[str] = [_test(name, result) for name, result in tests.items()]
    kinds = " | ".join(f"F1 {kind}" for kind in TYPES)
    rule = "| --- | --- | --- | --- |" + " --- |" * len(TYPES)
    return "\n".join([f"| file | precision | recall | F1 | {kinds} |", rule, *rows])


def _test(name: str, result: Mapping[str, Any]) -> str:
    scores = [
        result["precision"],
        result["recall"],
        result["f1"],
        *(result["by_type"][kind]["f1"] for kind in TYPES),
    ]
    return f"| {name} | " + " | ".join(f"{score:.3f}" for score in scores) + " |"
