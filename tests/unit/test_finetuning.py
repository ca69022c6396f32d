"""The fine-tuning on a model of a few thousand weights: it learns, and goes on where it was cut off."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.progress import Progress
from transformers import BertConfig, BertForTokenClassification

from pipeline.tagger.labels import LABELS
from pipeline.training.data import IGNORED, Example
from pipeline.training.distillation import shallower, taught
from pipeline.training.finetune import Recipe, batches, finetune
from pipeline.training.watching import piece_f1

PADDING = 0
RECIPE = Recipe(epochs=3, learning_rate=1e-2, head_learning_rate=1e-2, average=0.5, dropout=0.1)


def tiny() -> Any:
    torch.manual_seed(3)
    return BertForTokenClassification(
        BertConfig(
            vocab_size=40,
            hidden_size=16,
            num_hidden_layers=4,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
            num_labels=len(LABELS),
        )
    )


def rows(seed: int, number: int = 200) -> list[Example]:
    """Pieces 20 to 29 are persons; all else is nothing."""
    chance = random.Random(seed)
    found = []
    for _ in range(number):
        ids = [1, *(chance.randrange(3, 40) for _ in range(chance.randrange(2, 12))), 2]
        found.append(Example(ids, [IGNORED, *(1 if 20 <= piece < 30 else 0 for piece in ids[1:-1]), IGNORED]))
    return found


def epochs() -> Iterator[list[Example]]:
    seed = 0
    while True:
        yield rows(seed, 2000)
        seed += 1


class CutOffError(Exception):
    """As if the machine went down."""


def train(folder: Path, cut_off_after: int = 0) -> tuple[Any, list[int]]:
    """A model that was trained, in `folder`, and the numbers of the epochs that were."""
    model, lessons, seen = tiny(), epochs(), list[int]()
    folder.mkdir(exist_ok=True)

    def examples() -> list[Example]:
        if cut_off_after and len(seen) == cut_off_after:
            raise CutOffError
        return next(lessons)

    with Progress(disable=True) as progress:
        finetune(
            model,
            examples,
            RECIPE,
            padding=PADDING,
            progress=progress,
            after_epoch=lambda number, _, __: seen.append(number),
            folder=folder,
        )
    return model, seen


def test_it_learns(tmp_path: Path) -> None:
    model, seen = train(tmp_path)
    assert seen == [1, 2, 3]
    assert piece_f1(tiny(), rows(99), PADDING) < 0.4 < 0.8 < piece_f1(model, rows(99), PADDING)


def test_it_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    """To the same weights as in one go."""
    with pytest.raises(CutOffError):
        train(tmp_path / "cut", cut_off_after=2)
    gone_on, seen = train(tmp_path / "cut")
    assert seen == [3]
    whole, _ = train(tmp_path / "whole")
    for one, other in zip(gone_on.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_teachers_speak_of_each_row_in_its_place(tmp_path: Path) -> None:
    model, _ = train(tmp_path)
    examples = [Example(row.ids, [IGNORED] * len(row.ids)) for row in rows(5, 60)]
    with Progress(disable=True) as progress:
        answers = taught([model, model], examples, PADDING, progress)
    assert [row.ids for row in answers] == [row.ids for row in examples]
    for row in answers:
        assert row.soft is not None
        assert row.soft.shape == (len(row.ids), len(LABELS))
        assert not row.soft[[0, -1]].any()
        with torch.no_grad():
            alone = model(torch.tensor([row.ids])).logits.softmax(-1)[0, 1:-1]
        np.testing.assert_allclose(row.soft[1:-1], alone, atol=0.03)  # bf16 there, f32 here


def test_targets_are_labels_and_what_teachers_say() -> None:
    soft = np.zeros((4, len(LABELS)), np.float16)
    soft[1:3, 2] = 1
    (pack,) = batches([Example([1, 5, 6, 2], [IGNORED, 1, IGNORED, IGNORED], soft=soft)], PADDING, None)
    targets = pack[2][0]
    assert targets[1, 1] == targets[1, 2] == 0.5, "label and teacher have equal shares"
    assert targets[2, 2] == 1, "where there is no label the teacher is all"
    assert targets.sum(-1).tolist() == [0, 1, 1, 0]


def test_a_student_is_every_second_layer_of_its_teacher() -> None:
    teacher = tiny()
    student = shallower(teacher, 2)
    for layer, place in zip(student.bert.encoder.layer, (1, 3), strict=True):
        theirs = teacher.bert.encoder.layer[place]
        assert torch.equal(layer.output.dense.weight, theirs.output.dense.weight)
    assert student(torch.tensor([[1, 5, 2]])).logits.shape == (1, 3, len(LABELS))
    assert len(teacher.bert.encoder.layer) == 4, "the teacher keeps its own"
