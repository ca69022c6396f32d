"""Enriching without a broker: the stages' own rooms, one after the other, in one process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import orjson

from pipeline.errors import KhabarError, Reject, Stop
from pipeline.feeds.ninjs_versions import as_ninjs3
from pipeline.items import Item, read_item
from pipeline.languages import detect, is_arabic
from pipeline.records import Article, Enriched, StageReport, shown
from pipeline.stages.claims import enriched
from pipeline.stages.language import KILLS, article
from pipeline.stages.tagging import tagged
from pipeline.tagger.tagger import Tagger

# An id that is longer is cut: percent-encoding makes nine signs of an Arabic letter, and a uri has 2,048.
ID_LIMIT = 200
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")

ALONE = StageReport(status="skipped", reason="an article by itself: there is no window to compare it with")

Answer = Enriched | KhabarError


class Enricher:
    """Items in, records out, in order; what fails is an error in its place.

    Unlike the language stage this diverts nothing, since somebody asked about this very text: what cannot be
    told (`und`) is tagged as Arabic, what is another language is not, and the record says so.
    """

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def enrich(self, items: Sequence[Item | KhabarError]) -> list[Answer]:
        """One answer an item. What breaks the tagger is halved until the one item is found.

        Raises:
            Stop: the model cannot be loaded.
        """
        try:
            return self._answers(items)
        except Stop:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to some item
            if len(items) == 1:
                return [error if isinstance(error, KhabarError) else Reject(f"{type(error).__name__}: {error}")]
        middle = len(items) // 2
        return self.enrich(items[:middle]) + self.enrich(items[middle:])

    def _answers(self, items: Sequence[Item | KhabarError]) -> list[Answer]:
        articles = [item if isinstance(item, KhabarError) else _article(item) for item in items]
        arabic = [a for a in articles if isinstance(a, Article) and "tagging" not in a.stages]
        mentions = iter(self._tagger.tag([a.text for a in arabic]) if arabic else [])
        return [
            a if isinstance(a, KhabarError)
            else _untagged(a) if "tagging" in a.stages
            else enriched(tagged(a, next(mentions), self._tagger.version))
            for a in articles
        ]  # fmt: skip


def item_of_text(text: str, limit: int, uri: str | None = None) -> Item:
    """A plain text as an item: its one body, code point for code point; the uri comes from a hash of it.

    Raises:
        Reject: no text, too long, or control characters in it.
    """
    uri = uri or f"urn:khabar:text:{blake2b(text.encode(errors='surrogatepass'), digest_size=16).hexdigest()}"
    try:
        value = orjson.dumps({"uri": uri, "bodies": [{"contentType": "text/plain", "value": text}]})
    except TypeError as error:
        raise Reject(f"the text is no Unicode: {error}") from None
    return read_item(uri.encode(), value, limit)


def item_of_line(line: bytes, limit: int) -> Item:
    """A ninjs item of any version, or `{"id", "text"}`.

    Raises:
        Reject: it is neither.
    """
    value = _object(line)
    name = value.get("uri", value.get("id"))
    if "text" in value and not value.keys() & {"headline", "headlines", "bodies"}:
        if not isinstance(value["text"], str):
            raise Reject(f"text is a {type(value['text']).__name__}, not a string")
        return item_of_text(value["text"], limit, None if name is None else _uri(str(name)))
    if "id" in value and "uri" not in value:
        raise Reject('no text: a line is a ninjs item, with a uri, or {"id", "text"}')
    uri = value.get("uri")
    try:
        converted = as_ninjs3(value)
        item = line if converted is None else orjson.dumps(converted)
    except TypeError as error:  # orjson writes less depth than it reads
        raise Reject(f"cannot be turned into ninjs 3: {error}") from None
    return read_item(uri.encode() if isinstance(uri, str) else None, item, limit)


def _uri(name: str) -> str:
    """The id as it is, where a uri may be so; else one that is made of it."""
    if 0 < len(name) <= ID_LIMIT and not _UNFIT.search(name):
        return name
    return f"urn:khabar:id:{quote(name[:ID_LIMIT], safe='-._~:@/')}"


def name_of_line(line: bytes) -> Any:
    """What a line that fails is called in the answer: its id, else its uri, else nothing."""
    try:
        value = _object(line)
    except Reject:
        return None
    return value.get("id", value.get("uri"))


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        fault = "a lone surrogate" if "surrogate" in error.msg else "no JSON"
        raise Reject(f"{fault}: {error}") from None
    if not isinstance(value, dict):
        raise Reject(f"a {type(value).__name__}, not an object")
    return value


def _article(item: Item) -> Article | KhabarError:
    if item.pubstatus in KILLS:
        return Reject(f"{item.uri} is {item.pubstatus}: there is nothing to enrich")
    language = detect(item.text)
    found = article(item, language)
    stages = {**found.stages, "duplicates": ALONE}
    if language.code == "und":
        stages["language"] = StageReport(status="ok", reason=f"cannot be told: {language.reason}")
    elif not is_arabic(language.code):
        stages["tagging"] = StageReport(status="skipped", reason=f"not Arabic, but {language.code}")
    return Article(
        uri=found.uri, version=found.version, text=found.text, item=found.item, language=language, stages=stages
    )


def _untagged(found: Article) -> Enriched:
    return Enriched(
        uri=found.uri, version=shown(found.version), item=found.item, text=found.text, language=found.language,
        entities=[], claims=[], models={},
        stages={**found.stages, "claims": found.stages["tagging"]},
    )  # fmt: skip
