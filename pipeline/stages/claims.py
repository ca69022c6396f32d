"""Claims: who says what. The last stage; what leaves it is the enriched record."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.attribution import claims, version
from pipeline.outcomes import Forward, Outcome, Tombstone
from pipeline.records import Article, Enriched, Notice, StageReport, shown
from pipeline.stages.stage import ArticleStage
from pipeline.topics import ENRICHED, TAGGED


class ClaimsStage(ArticleStage):
    """Adds attributions and checkable statements, and closes the record."""

    name = "claims"
    source = TAGGED
    target = ENRICHED

    def enrich(self, articles: Sequence[Article]) -> list[Outcome]:
        return [Forward(article.uri, enriched(article)) for article in articles]

    def pass_on(self, notice: Notice) -> Outcome:
        return Tombstone(notice.uri, "kill" if notice.kind == "kill" else "withdraw")


def enriched(article: Article) -> Enriched:
    """The closed record of a tagged article."""
    return Enriched(
        uri=article.uri,
        version=shown(article.version),
        item=article.item,
        text=article.text,
        language=article.language,
        entities=article.entities,
        claims=claims(article.text, article.entities),
        stages={**article.stages, "claims": StageReport(status="ok")},
        models={**article.models, "claims": version()},
        cluster=article.cluster,
        joins=article.joins,
        extends=article.extends,
    )
