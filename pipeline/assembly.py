"""The stages as the settings want them, in the order in which news flows through them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import failpoints
from pipeline.duplicates.rule import Rule
from pipeline.errors import Stop
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.tagger.tagger import Tagger

NAMES = ("language", "duplicates", "tagging", "claims")


def stages(settings: Settings, names: Sequence[str] = NAMES) -> list[Stage]:
    """The named stages, not yet started.

    Raises:
        Stop: there is no stage of that name.
    """
    unknown = [name for name in names if name not in NAMES]
    if unknown or not names:
        raise Stop(f"no stage is called {', '.join(unknown) or 'nothing'}; there are {', '.join(NAMES)}")
    return [_stage(name, settings) for name in NAMES if name in names]


def _stage(name: str, settings: Settings) -> Stage:
    if name == "language":
        from pipeline.stages.language import LanguageStage

        return LanguageStage(settings.article_limit_bytes)
    if name == "duplicates":
        from pipeline.stages.duplicates import DuplicatesStage

        return DuplicatesStage(settings.duplicates_window_hours, settings.duplicates_limit, rule(settings))
    if name == "tagging":
        from pipeline.stages.tagging import TaggingStage

        return TaggingStage(lambda: tagger(settings))
    from pipeline.stages.claims import ClaimsStage

    return ClaimsStage()


def rule(settings: Settings) -> Rule:
    """When an article is a duplicate."""
    return Rule(
        near=settings.duplicates_near,
        contained=settings.duplicates_contained,
        contained_words=settings.duplicates_contained_words,
        least_words=settings.duplicates_least_words,
    )


def tagger(settings: Settings, model: str | None = None) -> Tagger:
    """The tagger in its child process; loading has begun when this returns.

    `model` is a name or path as in KHABAR_ENTITY_MODEL, whose value it takes if not given.
    """
    from pipeline.tagger.models import EntityModel
    from pipeline.tagger.process import ProcessTagger

    return failpoints.at("tagger", ProcessTagger)(
        EntityModel(settings.entity_model if model is None else model, settings.entity_labels),
        timeout=settings.tagging_timeout_seconds,
        threads=settings.tagging_threads,
        precision=settings.tagging_precision,
    )
