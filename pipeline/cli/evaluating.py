"""What `khabar evaluate entities` does, apart from its options and tables."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.assembly import tagger
from pipeline.errors import KhabarError
from pipeline.settings import load


def evaluated_entities(path: Path, types: Sequence[str], page: Path | None) -> dict[str, Any]:
    """Scores of the model in force; the review page goes to `page`, if given."""
    from pipeline.evaluation.entities import entity_scores, judged
    from pipeline.evaluation.review.entities import entity_page

    with closing(tagger(load())) as with_tagger:
        documents = judged(path, with_tagger, types)
        scores = {**entity_scores(documents, types), "model": with_tagger.version}
    if page:
        page.write_text(entity_page(path.name, documents, scores), encoding="utf-8")
    return scores


def compared_entities(
    path: Path, models: tuple[str, str], types: Sequence[str], page: Path | None
) -> dict[str, Any]:
    """Scores of two models, and of their difference."""
    from pipeline.evaluation.comparison import compare_entities

    if page:
        raise KhabarError("--html shows one model: leave out --compare, and set KHABAR_ENTITY_MODEL")
    settings = load()
    with closing(tagger(settings, models[0])) as one, closing(tagger(settings, models[1])) as other:
        return compare_entities(path, one, other, types=types)
