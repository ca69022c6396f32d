"""The scores of entities as tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.cli.tables import table
from pipeline.evaluation.intervals import RATES


def show_scores(scores: Mapping[str, Any]) -> None:
    """What `evaluate_entities` returns."""
    kinds = list(scores["by_type"])
    spreads = scores["intervals"]
    rows = [_row("all", {**scores}, spreads)]
    rows += [_row(kind, scores["by_type"][kind], spreads["by_type"][kind]) for kind in kinds]
    table(
        f"Entities of {scores['model']}, {scores['documents']} documents, with 95 % intervals",
        ("type", "entities", *RATES),
        rows,
    )
    counts, borders = scores["confusion"]["types"], scores["confusion"]["wrong_borders"]
    table(
        "True type (rows) and found type",
        ("", *kinds, "missed", "wrong borders"),
        [
            (row, *(shares.get(name, "") for name in (*kinds, "missed")), borders.get(row, ""))
            for row, shares in counts.items()
        ],
    )
    told = scores["reliability"]
    table(
        f"Scores (calibration error {told['expected_calibration_error']:.4f})",
        ("score", "mentions", "mean score", "right"),
        [
            *(
                (f"{b['from']:.1f} to {b['to']:.1f}", b["mentions"], f"{b['score']:.3f}", f"{b['right']:.3f}")
                for b in told["bins"]
            ),
            *(
                (f"at least {at}", v["mentions"], "", _number(v["precision"]))
                for at, v in told["precision_at"].items()
            ),
        ],
    )


def show_comparison(compared: Mapping[str, Any], names: Sequence[str]) -> None:
    """What `compare_entities` returns, of two models called `names`."""
    one, other, change = compared["a"], compared["b"], compared["difference"]
    rows = [_compared("all", one, other, change)]
    rows += [
        _compared(kind, one["by_type"][kind], other["by_type"][kind], change["by_type"][kind])
        for kind in one["by_type"]
    ]
    table(
        f"{one['documents']} documents; A: {names[0]} ({one['model']}), B: {names[1]} ({other['model']})",
        ("type", "entities", "F1 of A", "F1 of B", "B less A", "95 % interval", "p"),
        rows,
    )


def _row(name: str, scores: Mapping[str, Any], spread: Mapping[str, Sequence[float]]) -> tuple[object, ...]:
    return (name, scores["entities"], *(f"{scores[rate]:.3f} ({_range(spread[rate])})" for rate in RATES))


def _compared(
    name: str, one: Mapping[str, Any], other: Mapping[str, Any], change: Mapping[str, Any]
) -> tuple[object, ...]:
    ends = " to ".join(f"{end:+.3f}" for end in change["interval"])
    scores = (f"{one['f1']:.3f}", f"{other['f1']:.3f}", f"{change['f1']:+.3f}")
    return (name, one["entities"], *scores, ends, f"{change['p_value']:.4f}")


def _range(ends: Sequence[float]) -> str:
    return "–".join(f"{end:.3f}".removeprefix("0") for end in ends)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
