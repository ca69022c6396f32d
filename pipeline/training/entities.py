"""`khabar train entities`: the entity model, from its data to the weights that ship."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn, TimeRemainingColumn

from pipeline.errors import Stop
from pipeline.evaluation.entities import evaluate_entities
from pipeline.evaluation.scores import Tally
from pipeline.tagger.labels import LABELS
from pipeline.tagger.local import LocalTagger
from pipeline.training.data import IGNORED, Encoder, Example, anercorp, authored, in_company, one_by_one

T = TypeVar("T")


def train_entities(
    anercorp_train: Path,
    out: Path,
    *,
    epochs: int = 7,
    seed: int = 7,
    dev_fraction: float = 0.05,
    tests: Sequence[Path] = (),
) -> None:
    """Fine-tune the entity model, quantise it to int8, and write weights and card to the folder `out`.

    `dev_fraction` of ANERcorp's training split (its last documents) and of the authored articles is held out, to
    show how the run goes; nothing is chosen by it. `tests` are annotated files on which the finished int8 model is
    scored, once, for the card. Seeded: a second run lands near the same scores, though not on the same bits, which
    depend on the CPU and on how busy it is. `out`'s files are replaced only when the training is done; the float
    model of each epoch lies in a folder beside it, with ".float" after its name.

    Raises:
        Stop: the extra `train` is not installed.
        KhabarError: the file is no CoNLL columns.
    """
    try:
        import nncf  # noqa: F401 - needed at the end; better missed now than after the training
        import torch  # noqa: F401
    except ImportError as error:
        raise Stop(f"training needs {error.name}: install khabar with its extra, pip install '.[train]'") from None
    from pipeline.training import base, card, export
    from pipeline.training.finetune import Recipe, finetune

    console = Console(stderr=True)
    began = time.monotonic()
    checkpoint = base.installed_checkpoint()
    kept = base.kept_pieces(checkpoint)
    tokenizer = base.tokenizer(checkpoint, kept)
    model = base.token_classifier(checkpoint, kept, LABELS)
    encoder = Encoder(tokenizer)

    news, held_news = _held_out(anercorp(anercorp_train), dev_fraction)
    articles, held_articles = _held_out(authored(), dev_fraction)
    held = {
        "anercorp": list(encoder.examples(held_news, one_by_one())),
        "authored": [row for article in held_articles for row in encoder.examples(article, one_by_one())],
    }
    recipe = Recipe(epochs=epochs, seed=seed)
    run = card.Run(
        {name: float(value) for name, value in asdict(recipe).items()},
        {"anercorp": len(news), "authored": sum(map(len, articles))},
    )
    company = in_company(random.Random(seed))

    def epoch_examples() -> list[Example]:
        rows = list(encoder.examples(news, company))
        for article in articles:
            rows += encoder.examples(article, company)
        return rows

    def after_epoch(number: int, trained: Any, loss: float) -> None:
        shown = {name: round(piece_f1(trained, rows, tokenizer.pad_token_id), 4) for name, rows in held.items()}
        run.epochs.append({"loss": round(loss, 4), **shown, "seconds": round(time.monotonic() - began)})
        console.print(f"epoch {number}: {run.epochs[-1]}")
        export.save_checkpoint(trained, tokenizer, out.with_name(out.name + ".float"))

    columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        finetune(
            model,
            epoch_examples,
            recipe,
            padding=tokenizer.pad_token_id,
            progress=progress,
            after_epoch=after_epoch,
        )
    run.seconds = round(time.monotonic() - began)
    export.export(model, tokenizer, [row.ids for row in epoch_examples()], out)
    card.write(out, run, scores(out, tests))
    console.print(f"wrote {out}")


def scores(folder: Path, tests: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """What the int8 model in `folder` scores on annotated files, by their names."""
    with closing(LocalTagger(folder)) as tagger:
        return {test.name: evaluate_entities(test, tagger) for test in tests}


def piece_f1(model: Any, examples: list[Example], padding: int) -> float:
    """Strict F1 over runs of pieces, by the model's plain choice of labels: a measure to watch, not to publish."""
    import torch

    from pipeline.training.finetune import batches

    model.eval()
    tally = Tally()
    for ids, mask, labels in batches(examples, padding, None):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            chosen = model(ids, attention_mask=mask).logits.argmax(-1)
        for answer, truth in zip(chosen.tolist(), labels.tolist(), strict=True):
            counted = [i for i, label in enumerate(truth) if label != IGNORED]
            tally.add(runs([answer[i] for i in counted]), runs([truth[i] for i in counted]))
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


def _held_out(rows: list[T], fraction: float) -> tuple[list[T], list[T]]:
    at = len(rows) - round(len(rows) * fraction)
    return rows[:at], rows[at:]
