"""`khabar train`: the model that ships, made again. Needs the extra `train` (PyTorch)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.tagger.files import WEIGHTS

app = typer.Typer(help="Train the models that ship.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `train entities` a command of its own while it is the only one."""


@app.command()
def entities(
    anercorp: Annotated[Path, typer.Option(help="ANERcorp's CamelLab training split, CoNLL columns.")],
    out: Annotated[Path, typer.Option(help="Where the weights go; the package's own if not given.")] = WEIGHTS,
    test: Annotated[
        list[Path] | None, typer.Option(help="Evaluate on this file afterwards, for the card; may be repeated.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="Passes over the data; some 3 minutes each on two cores.")] = 7,
    seed: int = 7,
) -> None:
    """Fine-tune the entity model, quantise it to int8, and write its card."""
    from pipeline.training.entities import train_entities

    train_entities(anercorp, out, epochs=epochs, seed=seed, tests=test or ())
