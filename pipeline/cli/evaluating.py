"""What `khabar evaluate entities` does, apart from its options and tables."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.assembly import tagger
from pipeline.cli.entity_tables import show_comparison, show_scores
from pipeline.cli.tables import print_json
from pipeline.errors import KhabarError
from pipeline.settings import load


def run_entities(
    path: Path, types: Sequence[str], models: tuple[str, str] | None, page: Path | None, *, as_json: bool
) -> None:
    """Score the model in force, or compare two, and print what came out.

    Raises:
        KhabarError: a page is wanted of two models.
    """
    scores = _compared(path, models, types, page) if models else _evaluated(path, types, page)
    if as_json:
        print_json(scores)
    elif models:
        show_comparison(scores, models)
    else:
        show_scores(scores)


def _evaluated(path: Path, types: Sequence[str], page: Path | None) -> dict[str, Any]:
    """Scores of the model in force; the review page goes to `page`, if given."""
    from pipeline.evaluation.entities import entity_scores, judged
    from pipeline.evaluation.review.entities import entity_page

    with closing(tagger(load())) as with_tagger:
        documents = judged(path, with_tagger, types)
        scores = {**entity_scores(documents, types), "model": with_tagger.version}
    if page:
        page.write_text(entity_page(path.name, documents, scores), encoding="utf-8")
    return scores


def _compared(path: Path, models: tuple[str, str], types: Sequence[str], page: Path | None) -> dict[str, Any]:
    """Scores of two models, and of their difference."""
    from pipeline.evaluation.comparison import compare_entities

    if page:
        raise KhabarError("--html shows one model: leave out --compare, and set KHABAR_ENTITY_MODEL")
    settings = load()
    with closing(tagger(settings, models[0])) as one, closing(tagger(settings, models[1])) as other:
        return compare_entities(path, one, other, types=types)
