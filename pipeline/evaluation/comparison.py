"""Two entity models side by side on one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.evaluation.entities import entity_scores, judged
from pipeline.evaluation.intervals import counted
from pipeline.evaluation.significance import ROUNDS, difference, randomised
from pipeline.tagger.labels import TYPES
from pipeline.tagger.tagger import Tagger


def compare_entities(path: Path, one: Tagger, other: Tagger, *, types: Sequence[str] = TYPES) -> dict[str, Any]:
    """Both models' scores, and what is to be thought of their difference.

    Returns:
        a, b: what `evaluate_entities` returns of each.
        difference: of F1, that of b less that of a: `f1`, its 95 % `interval` by the paired bootstrap, `p_value`
            by approximate randomisation over the documents, and `by_type` the same for each type; `rounds` of the
            test.

    Raises:
        KhabarError, Retry, Stop: as `evaluate_entities` does.
    """
    answers = [(judged(path, tagger, types), tagger.version) for tagger in (one, other)]
    scores = [{**entity_scores(documents, types), "model": version} for documents, version in answers]
    counts = [counted([(d.gold, d.found) for d in documents], types) for documents, _ in answers]
    return {"a": scores[0], "b": scores[1], "difference": _difference(counts[0], counts[1], types)}


def _difference(one: Any, other: Any, types: Sequence[str]) -> dict[str, Any]:
    values, low, high = difference(one, other)
    p_values = randomised(one, other)
    rows = [
        {
            "f1": round(float(values[row]), 4),
            "interval": [float(low[row]), float(high[row])],
            "p_value": round(float(p_values[row]), 4),
        }
        for row in range(len(values))
    ]
    return {**rows[0], "by_type": dict(zip(types, rows[1:], strict=True)), "rounds": ROUNDS}
