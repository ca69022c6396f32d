"""`khabar train`: the entity model, from its data to the weights that ship."""

from __future__ import annotations

import json
import random
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

from pipeline.tagger.files import CALIBRATION, MODEL, MODEL_DATA, TOKENIZER
from pipeline.tagger.labels import LABELS
from pipeline.training import base, export
from pipeline.training.calibration import calibrate, held_out_mentions
from pipeline.training.data import Encoder, Example
from pipeline.training.distillation import shallower, taught
from pipeline.training.finetune import Recipe, finetune
from pipeline.training.lessons import Lessons, Sources, unlabelled
from pipeline.training.steps import Steps
from pipeline.training.watching import piece_f1

EPOCHS, REPORT = "epochs.json", "report.json"  # what steps note for the card


@dataclass(frozen=True)
class Plan:
    """How the model is made: the numbers of each step."""

    teacher: Recipe = field(default_factory=lambda: Recipe(epochs=4))
    student: Recipe = field(default_factory=lambda: Recipe(epochs=3, learning_rate=3e-4))
    teachers: int = 1  # alike but for their seeds; the student learns from their mean
    unlabelled: float = 0.5  # of the texts that nobody labelled, drawn anew for each of the student's epochs
    layers: int = 0  # of a student, which then ships; 0: the first teacher itself does, with its twelve

    @staticmethod
    def seeded(seed: int, layers: int = 0) -> Plan:
        """The plan of the model that ships, with another seed, or of a student with so many layers."""
        plan = Plan(layers=layers)
        return replace(plan, teacher=replace(plan.teacher, seed=seed), student=replace(plan.student, seed=seed))


def train_entities(sources: Sources, out: Path, work: Path, plan: Plan, *, tests: Sequence[Path] = ()) -> None:
    """Train the model, and write weights, calibration and card to the folder `out`.

    Each step's results lie in `work`; a training that was cut off goes on from there. `tests` are annotated files
    on which the finished int8 model is scored, once, for the card. Seeded: a second run lands near the same
    scores, though not on the same bits, which depend on the CPU and on how busy it is. `out`'s files are replaced
    only when all is done.

    Raises:
        Stop: the extra `train` is not installed.
        KhabarError: a file is not what it should be.
    """
    from pipeline.training import card

    console = Console(stderr=True)
    training = Training(sources, work, plan, console)
    made = training.run()
    install(made, out)
    card.write(
        out,
        card.Run(
            plan=asdict(plan),
            sentences=training.lessons.sentences(),
            texts=len(training.lessons.texts),
            seconds=training.steps.seconds,
            epochs={
                step.name: read_json(step / EPOCHS) for step in sorted(work.iterdir()) if (step / EPOCHS).exists()
            },
            calibration=read_json(made / REPORT),
        ),
        card.scores(out, tests),
    )
    console.print(f"wrote {out}")


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

    def run(self) -> Path:
        """All steps; the folder with what ships, but for the card."""
        plan = self._plan
        teachers = []
        for number in range(plan.teachers):
            recipe = replace(plan.teacher, seed=plan.teacher.seed + number)
            teachers.append(
                self.steps.run(f"teacher-{number + 1}", [self._files, asdict(recipe)], self._teach(recipe))
            )
        model = teachers[0]
        if plan.layers:
            answers = self.steps.run("taught", len(teachers), self._ask(teachers))
            learnt = [plan.layers, plan.unlabelled, asdict(plan.student)]
            model = self.steps.run("student", learnt, self._learn(model, answers))
        int8 = self.steps.run("int8", plan.layers, self._quantise(model))
        return self.steps.run("calibrated", None, self._calibrate(int8))

    def _teach(self, recipe: Recipe) -> Callable[[Path], None]:
        def step(folder: Path) -> None:
            torch.manual_seed(recipe.seed)
            model = base.token_classifier(self._checkpoint, self._kept, LABELS)
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
            chance = random.Random(self._plan.student.seed)

            def lessons() -> list[Example]:
                return [*chance.sample(rows, round(len(rows) * self._plan.unlabelled)), *next(epochs)]

            self._finetune(student, lessons, self._plan.student, folder)

        return step

    def _quantise(self, model: Path) -> Callable[[Path], None]:
        def step(folder: Path) -> None:
            rows = next(self.lessons.epochs(self._encoder, self._plan.student.seed))
            export.export(load(model), self.tokenizer, [row.ids for row in rows], folder)

        return step

    def _calibrate(self, int8: Path) -> Callable[[Path], None]:
        def step(folder: Path) -> None:
            install(int8, folder)
            report = calibrate(held_out_mentions(self.lessons.held_documents(), folder), folder)
            _write(folder / REPORT, asdict(report))

        return step

    def _finetune(
        self, model: Any, examples: Callable[[], Sequence[Example]], recipe: Recipe, folder: Path
    ) -> None:
        def after_epoch(number: int, trained: Any, loss: float) -> None:
            padding = self.tokenizer.pad_token_id
            shown = {name: round(piece_f1(trained, rows, padding), 4) for name, rows in self._held.items()}
            self._console.print(f"{folder.name}, epoch {number}: loss {loss:.4f}, held out {shown}")
            before = read_json(folder / EPOCHS) if number > 1 else []
            _write(folder / EPOCHS, [*before, {"loss": round(loss, 4), **shown}])

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
    for name in (MODEL, MODEL_DATA, TOKENIZER, CALIBRATION):
        if (made / name).exists():
            copyfile(made / name, out / name)
        else:
            (out / name).unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """What a step noted."""
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
