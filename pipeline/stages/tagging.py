"""Tagging: named entities, from one transformer pass over the sentences of many articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from pipeline.coreference import entities
from pipeline.coreference import version as coreference
from pipeline.outcomes import Forward, Outcome
from pipeline.records import Article, Entity, StageReport, with_stage
from pipeline.stages.stage import ArticleStage
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger
from pipeline.topics import TAGGED, UNIQUE


class TaggingStage(ArticleStage):
    """Adds entities. `open_tagger` is called by `start`, so that a stage can be named without its model."""

    name = "tagging"
    source = UNIQUE
    target = TAGGED

    def __init__(self, open_tagger: Callable[[], Tagger]) -> None:
        self._open_tagger = open_tagger
        self._tagger: Tagger | None = None

    def start(self) -> None:
        self._tagger = self._tagger or self._open_tagger()
        self._tagger.tag(["خبر"])  # returns once the model is loaded

    def ready(self) -> bool:
        return self._tagger is not None and self._tagger.ready()

    def enrich(self, articles: Sequence[Article]) -> list[Outcome]:
        assert self._tagger is not None, "start the stage first"  # noqa: S101
        found = self._tagger.tag([article.text for article in articles])
        version = self._tagger.version
        return [
            Forward(article.uri, tagged(article, mentions, version))
            for article, mentions in zip(articles, found, strict=True)
        ]

    def close(self) -> None:
        if self._tagger:
            self._tagger.close()
            self._tagger = None


def tagged(article: Article, mentions: Sequence[Mention], version: str) -> Article:
    """The article with its mentions as entities, and what found them and put them together."""
    found: list[Entity] = entities(article.text, mentions)
    article = with_stage(article, "tagging", StageReport(status="ok"))
    models = {**article.models, "entities": version, "mentions": coreference()}
    return msgspec.structs.replace(article, entities=found, models=models)
