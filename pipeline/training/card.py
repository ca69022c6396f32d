"""The model card and the notices that go with the weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

from pipeline.evaluation.entities import evaluate_entities
from pipeline.tagger.labels import TYPES
from pipeline.tagger.local import LocalTagger

_HERE = Path(__file__).parent
_UNLABELLED = "- {texts:,} unlabelled texts, those of the ANT corpus, on which the student hears the teacher.\n"
_STEPS = {
    "teacher": "fine-tuning on labelled text",
    "taught": "the teachers' probabilities on unlabelled text",
    "student": "fine-tuning on labels and on the teachers' probabilities",
    "int8": "quantisation",
    "calibrated": "scores on held-out text",
}


@dataclass(frozen=True)
class Run:
    """What a training did: its plan, how much it learnt from, what each step took, how each epoch ended."""

    plan: Mapping[str, Any]
    sentences: Mapping[str, int]
    texts: int
    seconds: Mapping[str, float]
    epochs: Mapping[str, Sequence[Mapping[str, float]]]
    calibration: Mapping[str, Any]  # `pipeline.training.calibration.Report`


def scores(folder: Path, tests: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """What the int8 model in `folder` scores on annotated files, by their names."""
    with closing(LocalTagger(folder)) as tagger:
        return {test.name: evaluate_entities(test, tagger) for test in tests}


def write(out: Path, run: Run, tests: Mapping[str, Mapping[str, Any]]) -> None:
    """Write README.md and NOTICE to `out`. `tests` are results of `evaluate_entities`, by the file's name."""
    size = sum(file.stat().st_size for file in out.iterdir() if file.suffix in (".xml", ".bin", ".json"))
    recipes = {name: run.plan[name] for name in ("teacher", "student") if name == "teacher" or run.plan["layers"]}
    numbers = list(dict.fromkeys(number for recipe in recipes.values() for number in recipe))
    first = next(iter(tests), "")
    before, after = run.calibration["before"], run.calibration["after"]
    card = (
        (_HERE / "card.md")
        .read_text(encoding="utf-8")
        .format(
            layers=run.plan["layers"] or 12,
            size=size / 1e6,
            **run.sentences,
            unlabelled=_UNLABELLED.format(texts=run.texts) if run.plan["layers"] else "",
            steps=_rows((name, _STEPS[name.split("-")[0]], f"{took:.0f}") for name, took in run.seconds.items()),
            recipe_names=" | ".join(recipes),
            recipe_rule=" --- |" * len(recipes),
            recipe=_rows(
                (number.replace("_", " "), *(_number(recipe.get(number)) for recipe in recipes.values()))
                for number in numbers
            ),
            epochs=_rows(
                (step, number, *(f"{epoch[name]:.3f}" for name in ("loss", "anercorp", "authored", "ant")))
                for step, epochs in run.epochs.items()
                for number, epoch in enumerate(epochs, 1)
            ),
            tests=_tests(tests),
            confusion_file=first or "no file yet",
            confusion=_confusion(tests[first]["confusion"]["types"]) if first else "",
            calibration_mentions=run.calibration["mentions"],
            ece_before=before["expected_calibration_error"],
            ece_after=after["expected_calibration_error"],
            reliability=_reliability(before["bins"], after["bins"]),
        )
    )
    (out / "README.md").write_text(card, encoding="utf-8")
    copyfile(_HERE / "NOTICE.txt", out / "NOTICE")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _rows(rows: Iterable[Sequence[object]]) -> str:
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def _tests(tests: Mapping[str, Mapping[str, Any]]) -> str:
    if not tests:
        return "Not tested yet: `khabar evaluate entities FILE` does."
    head = [("file", "precision", "recall", "F1", *(f"F1 {kind}" for kind in TYPES)), ["---"] * (4 + len(TYPES))]
    return _rows([*head, *((name, *_test(result)) for name, result in tests.items())])


def _test(result: Mapping[str, Any]) -> list[str]:
    whole = [_with_interval(result[name], result["intervals"][name]) for name in ("precision", "recall", "f1")]
    kinds = [
        _with_interval(result["by_type"][kind]["f1"], result["intervals"]["by_type"][kind]["f1"]) for kind in TYPES
    ]
    return whole + kinds


def _with_interval(score: float, interval: Sequence[float]) -> str:
    return f"{score:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _confusion(counts: Mapping[str, Mapping[str, int]]) -> str:
    columns = [*TYPES, "missed"]
    head = [("", *columns), ["---"] * (1 + len(columns))]
    return _rows([*head, *((row, *(counts[row].get(column, "") for column in columns)) for row in counts)])


def _reliability(before: Sequence[Mapping[str, float]], after: Sequence[Mapping[str, float]]) -> str:
    first, second = ({(row["from"], row["to"]): row for row in rows} for rows in (before, after))
    return _rows(
        (f"{low:.1f} to {high:.1f}", *_bin(first.get((low, high))), *_bin(second.get((low, high))))
        for low, high in sorted(first.keys() | second.keys())
    )


def _bin(row: Mapping[str, float] | None) -> tuple[object, ...]:
    return (row["mentions"], f"{row['score']:.3f}", f"{row['right']:.3f}") if row else (0, "", "")
