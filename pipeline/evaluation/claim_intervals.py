"""Intervals of the claims' scores, over articles: attributions of one article are right or wrong together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.evaluation.claims import Tally
from pipeline.evaluation.resampling import interval_of_ratio


def claim_intervals(counted: Sequence[Tally]) -> dict[str, list[float]]:
    """95 % bootstrap intervals, [low, high], of the scores of `evaluate_claims`, given each article by itself.

    Keys: `attribution_f1`, `cue_f1`, `source_f1_found`, `content_f1_found`, `quotation_accuracy`,
    `factuality_accuracy`.
    """
    rows = {
        "attribution_f1": [(2 * one.right, one.predicted + one.gold) for one in counted],
        "cue_f1": [(2 * one.matched, one.predicted + one.gold) for one in counted],
        "source_f1_found": [_shared(one, "source") for one in counted],
        "content_f1_found": [_shared(one, "content") for one in counted],
        "quotation_accuracy": [(one.quotations, one.matched) for one in counted],
        "factuality_accuracy": [(one.factualities, one.matched) for one in counted],
    }
    return {name: interval_of_ratio(np.array(parts, dtype=np.float64)) for name, parts in rows.items()}


def _shared(tally: Tally, part: str) -> tuple[int, int]:
    common, of_given, of_expected = tally.tokens[part]["found"]
    return 2 * common, of_given + of_expected
