"""`khabar train`: the entity model, from its data to the weights that ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn, TimeRemainingColumn
from transformers import BertForTokenClassification

from pipeline.tagger.files import MODEL, MODEL_DATA, TOKENIZER
from pipeline.tagger.labels import LABELS
from pipeline.training import base, export
from pipeline.training.data import Encoder, Example
from pipeline.training.distillation import shallower, taught
from pipeline.training.finetune import Recipe, finetune
from pipeline.training.lessons import Lessons, Sources, unlabelled
from pipeline.training.pretraining import PretrainingRecipe, pretrain
from pipeline.training.steps import Steps
from pipeline.training.watching import piece_f1


@dataclass(frozen=True)
class Plan:
    """How the model is made: the numbers of each step."""

    pretraining: PretrainingRecipe = field(default_factory=PretrainingRecipe)
    teacher: Recipe = field(default_factory=Recipe)
    student: Recipe = field(default_factory=lambda: Recipe(epochs=4, learning_rate=3e-4))
    teachers: int = 2  # alike but for their seeds; the student learns from their mean
    layers: int = 6  # of the student; the teachers have twelve

    @staticmethod
    def seeded(seed: int) -> Plan:
        """The plan of the model that ships, with another seed."""
        plan = Plan()
        return Plan(
            replace(plan.pretraining, seed=seed),
            replace(plan.teacher, seed=seed),
            replace(plan.student, seed=seed),
        )


class Training:
    """One training: its data, its steps so far, and where they report to."""

    def __init__(self, sources: Sources, work: Path, plan: Plan, console: Console) -> None:
        self._plan, self._console = plan, console
        checkpoint = base.installed_checkpoint()
        self._kept = base.kept_pieces(checkpoint)
        self._checkpoint = checkpoint
        self.tokenizer = base.tokenizer(checkpoint, self._kept)
        self._encoder = Encoder(self.tokenizer)
        self.lessons = Lessons.read(sources)
        self._held = self.lessons.held_examples(self._encoder)
        self.steps = Steps(work, console)
        self._files = sources.fingerprints()
        self.epochs: dict[str, list[dict[str, float]]] = {}

    def run(self) -> Path:
        """All steps; the folder with the int8 student."""
        plan = self._plan
        pretrained = self.steps.run("pretrained", [self._files, asdict(plan.pretraining)], self._pretrain)
        teachers = []
        for number in range(plan.teachers):
            recipe = replace(plan.teacher, seed=plan.teacher.seed + number)
            teachers.append(
                self.steps.run(f"teacher-{number + 1}", asdict(recipe), self._teach(pretrained, recipe))
            )
        taught_by = self.steps.run("taught", len(teachers), self._ask(teachers))
        student = self.steps.run(
            "student", [plan.layers, asdict(plan.student)], self._learn(teachers[0], taught_by)
        )
        return self.steps.run("int8", None, self._quantise(student))

    def _pretrain(self, folder: Path) -> None:
        model = base.token_classifier(self._checkpoint, self._kept, LABELS)
        with self._progress() as progress:
            pretrain(
                model,
                self.tokenizer,
                self.lessons.texts,
                self._plan.pretraining,
                progress=progress,
                report=lambda number, loss: self._console.print(f"batch {number}: loss {loss:.3f}"),
                folder=folder,
            )
        export.save_checkpoint(model, self.tokenizer, folder)

    def _teach(self, pretrained: Path, recipe: Recipe) -> Callable[[Path], None]:
        def step(folder: Path) -> None:
            model = load(pretrained)
            torch.manual_seed(recipe.seed)
            model.classifier.reset_parameters()
            epochs = self.lessons.epochs(self._encoder, recipe.seed)
            self._finetune(model, lambda: next(epochs), recipe, folder)

        return step

    def _ask(self, teachers: Sequence[Path]) -> Callable[[Path], None]:
        def step(folder: Path) -> None:
            rows = unlabelled(self.lessons.texts, self._encoder)
            with self._progress() as progress:
                answers = taught(
                    [load(teacher) for teacher in teachers], rows, self.tokenizer.pad_token_id, progress
                )
            np.save(folder / "soft.npy", np.concatenate([row.soft for row in answers if row.soft is not None]))

        return step

    def _learn(self, teacher: Path, taught_by: Path) -> Callable[[Path], None]:
        def step(folder: Path) -> None:
            rows = unlabelled(self.lessons.texts, self._encoder)
            soft = np.load(taught_by / "soft.npy")
            borders = np.cumsum([len(row.ids) for row in rows])[:-1]
            rows = [replace(row, soft=part) for row, part in zip(rows, np.split(soft, borders), strict=True)]
            epochs = self.lessons.epochs(self._encoder, self._plan.student.seed)
            student = shallower(load(teacher), self._plan.layers)
            self._finetune(student, lambda: [*rows, *next(epochs)], self._plan.student, folder)

        return step

    def _quantise(self, student: Path) -> Callable[[Path], None]:
        def step(folder: Path) -> None:
            rows = next(self.lessons.epochs(self._encoder, self._plan.student.seed))
            export.export(load(student), self.tokenizer, [row.ids for row in rows], folder)

        return step

    def _finetune(
        self, model: Any, examples: Callable[[], Sequence[Example]], recipe: Recipe, folder: Path
    ) -> None:
        def after_epoch(number: int, trained: Any, loss: float) -> None:
            shown = {
                name: round(piece_f1(trained, rows, self.tokenizer.pad_token_id), 4)
                for name, rows in self._held.items()
            }
            self._console.print(f"{folder.name}, epoch {number}: loss {loss:.4f}, held out {shown}")

        with self._progress() as progress:
            finetune(
                model,
                examples,
                recipe,
                padding=self.tokenizer.pad_token_id,
                progress=progress,
                after_epoch=after_epoch,
                folder=folder,
            )
        export.save_checkpoint(model, self.tokenizer, folder)

    @contextmanager
    def _progress(self) -> Iterator[Progress]:
        columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._console) as progress:
            yield progress


def load(folder: Path) -> Any:
    """A float model that `export.save_checkpoint` wrote."""
    return BertForTokenClassification.from_pretrained(folder, local_files_only=True)


def install(made: Path, out: Path) -> None:
    """Put the files of the finished model into the folder that it is used from."""
    out.mkdir(parents=True, exist_ok=True)
    for name in (MODEL, MODEL_DATA, TOKENIZER):
        copyfile(made / name, out / name)
