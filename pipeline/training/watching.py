"""How a run goes: F1 on text that is held out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.evaluation.scores import Tally
from pipeline.training.data import Example


def piece_f1(model: Any, examples: Sequence[Example], padding: int) -> float:
    """Strict F1 over runs of pieces, by the model's plain choice of labels: a measure to watch, not to publish."""
    import torch

    from pipeline.training.finetune import batches

    model.eval()
    tally = Tally()
    for ids, mask, targets in batches(examples, padding, None):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            chosen = model(ids, attention_mask=mask).logits.argmax(-1)
        counted = targets.sum(-1) > 0
        for answer, truth, places in zip(chosen, targets.argmax(-1), counted, strict=True):
            tally.add(runs(answer[places].tolist()), runs(truth[places].tolist()))
    return tally.f1


def runs(labels: list[int]) -> set[tuple[int, int, int]]:
    """(first, end, type) of each entity in a row of labels."""
    found = set()
    start, kind = 0, -1
    for place, label in enumerate([*labels, 0]):
        now = (label - 1) // 2 if label else -1
        if now != kind or label % 2 == 1:
            if kind >= 0:
                found.add((start, place, kind))
            start, kind = place, now
    return found
