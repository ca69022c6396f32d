"""`khabar train`: the model that ships, made again. Needs the extra `train` (PyTorch)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import Stop
from pipeline.tagger.files import WEIGHTS


def train(
    anercorp: Annotated[Path, typer.Option(help="ANERcorp's CamelLab training split, CoNLL columns.")],
    aqmar: Annotated[Path, typer.Option(help="The folder of AQMAR's articles, CoNLL columns.")],
    ant: Annotated[Path, typer.Option(help="The ANT corpus, JSON Lines, gzip or not.")],
    text: Annotated[
        list[Path] | None, typer.Option(help="More unlabelled text, JSON Lines with `text`; may be repeated.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the weights go; the package's own if not given.")] = WEIGHTS,
    work: Annotated[
        Path, typer.Option(help="What each step makes; a training that was cut off goes on from here.")
    ] = Path("khabar.train"),
    test: Annotated[
        list[Path] | None, typer.Option(help="Evaluate on this file afterwards, for the card; may be repeated.")
    ] = None,
    layers: Annotated[
        int,
        typer.Option(
            help="Of a student that learns from the model and ships in its place; 0: none.", min=0, max=12
        ),
    ] = 0,
    seed: int = 7,
) -> None:
    """Train the entity model: fine-tuning, perhaps a student of fewer layers, int8, calibration, card."""
    try:
        import nncf  # noqa: F401 - needed at the end; better missed now than after the training
        import torch  # noqa: F401
    except ImportError as error:
        raise Stop(f"training needs {error.name}: install khabar with its extra, pip install '.[train]'") from None
    from pipeline.training.entities import Plan, train_entities
    from pipeline.training.lessons import Sources

    sources = Sources(anercorp, aqmar, ant, tuple(text or ()))
    train_entities(sources, out, work, Plan.seeded(seed, layers), tests=test or ())
