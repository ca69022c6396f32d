"""What the teachers know, for the student to learn: their probabilities of the labels, on text nobody labelled."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from rich.progress import Progress

from pipeline.training.data import Example
from pipeline.training.finetune import batches


def taught(
    teachers: Sequence[Any], examples: Sequence[Example], padding: int, progress: Progress
) -> list[Example]:
    """The examples with the teachers' mean probabilities as `soft`, in their order."""
    bar = progress.add_task("asking the teachers", total=len(examples))
    order = sorted(range(len(examples)), key=lambda place: len(examples[place].ids))
    softened: list[Example | None] = [None] * len(examples)
    for teacher in teachers:
        teacher.eval()
    # `batches` keeps rows of one length in the order in which they come, so that answers find their examples.
    places = iter(order)
    for ids, mask, _ in batches([examples[place] for place in order], padding, None):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            answers = [teacher(ids, attention_mask=mask).logits.float().softmax(-1) for teacher in teachers]
        mean = torch.stack(answers).mean(0).numpy().astype(np.float16)
        for row in mean:
            place = next(places)
            length = len(examples[place].ids)
            soft = row[:length].copy()
            soft[[0, length - 1]] = 0  # the special pieces
            softened[place] = replace(examples[place], soft=soft)
        progress.update(bar, advance=len(mean))
    return [example for example in softened if example is not None]


def shallower(teacher: Any, layers: int) -> Any:
    """A student with `layers` of the teacher's layers, evenly taken, its embeddings and its last layer.

    DistilBERT's way to begin (Sanh et al., 2019): a student that is half of its teacher has little to learn.
    """
    student = deepcopy(teacher)
    depth = len(student.bert.encoder.layer)
    kept = [round((place + 1) * depth / layers) - 1 for place in range(layers)]
    student.bert.encoder.layer = torch.nn.ModuleList(student.bert.encoder.layer[place] for place in kept)
    student.config.num_hidden_layers = layers
    return student
