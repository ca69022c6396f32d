"""Language: reads the raw item, makes its one text, and lets Arabic pass."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import Reject
from pipeline.items import Item, UnusableItem, read_item
from pipeline.languages import detect, is_arabic
from pipeline.outcomes import Arrival, Divert, Forward, Outcome, Rejected
from pipeline.records import Article, Language, Notice, OtherLanguage, StageReport, shown
from pipeline.stages.stage import Stage
from pipeline.topics import ARABIC, OTHER_LANGUAGE, RAW

# ninjs: `withheld` is "not to be published until further notice"; for whoever reads the enriched topic
# that is the same as `canceled`: what was there must go.
KILLS = frozenset({"canceled", "withheld"})


class LanguageStage(Stage):
    """Sends on Arabic articles and kills; diverts the rest with what was found.

    Where a version is diverted or rejected, an older one may have been enriched. Only the owner of the next
    topic knows, so it is told by a notice whenever the item's uri and version could be read.
    """

    name = "language"
    source = RAW
    target = ARABIC
    diverts = (OTHER_LANGUAGE,)

    def __init__(self, article_limit_bytes: int) -> None:
        self._limit = article_limit_bytes

    def start(self) -> None:
        detect("خبر")  # loads the model

    def process(self, batch: Sequence[Arrival]) -> list[Outcome]:
        return [self._answer(arrival) for arrival in batch]

    def _answer(self, arrival: Arrival) -> Outcome:
        try:
            item = read_item(arrival.key, arrival.value, self._limit)
        except UnusableItem as error:
            return Rejected(error, _withdrawal(error))
        except Reject as error:
            return Rejected(error)
        if item.pubstatus in KILLS:
            return Forward(item.uri, Notice(kind="kill", uri=item.uri, version=item.version))
        language = detect(item.text)
        if is_arabic(language.code):
            return Forward(item.uri, article(item, language))
        return Divert(
            OTHER_LANGUAGE,
            item.uri,
            OtherLanguage(uri=item.uri, version=shown(item.version), item=item.raw, language=language),
            Notice(kind="withdraw", uri=item.uri, version=item.version),
        )


def article(item: Item, language: Language) -> Article:
    """The item as the stages after this one see it."""
    return Article(
        uri=item.uri,
        version=item.version,
        text=item.text,
        item=item.raw,
        language=language,
        stages={"language": StageReport(status="ok")},
    )


def _withdrawal(error: UnusableItem) -> Notice | None:
    if error.uri is None or error.version is None:
        return None
    return Notice(kind="withdraw", uri=error.uri, version=error.version)
