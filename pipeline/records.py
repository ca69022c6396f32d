"""What travels: the records on every topic, and the spans inside them.

All JSON goes through orjson; msgspec gives the types and their JSON Schemas. Offsets are
Unicode code points into the record's `text`, half-open: `text[start:end] == span.text`.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec
import orjson

from pipeline.errors import Reject

EntityType = Literal["PER", "ORG", "LOC", "MISC"]
Quotation = Literal["direct", "mixed", "indirect"]
Factuality = Literal["asserted", "denied", "alleged", "committed"]
T = TypeVar("T")

_ERRORS = "__connect.errors."
DEAD_LETTER_NAMES = {
    "input": "khabar-input",
    "received": "khabar-received",
    "outcome": "khabar-outcome",
    "topic": _ERRORS + "topic",
    "partition": _ERRORS + "partition",
    "offset": _ERRORS + "offset",
    "connector_name": _ERRORS + "connector.name",
    "task_id": _ERRORS + "task.id",
    "stage": _ERRORS + "stage",
    "class_name": _ERRORS + "class.name",
    "exception_class_name": _ERRORS + "exception.class.name",
    "exception_message": _ERRORS + "exception.message",
    "exception_stacktrace": _ERRORS + "exception.stacktrace",
}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable record; two with the same fields have the same bytes."""


class Span(Record, frozen=True, kw_only=True):
    """A stretch of the article: code points `start` to `end`, and the text that stands there."""

    start: int
    end: int
    text: str


class Entity(Record, frozen=True, kw_only=True):
    """One mention of a named entity. Mentions of one thing share `id`; `canonical` is its fullest name.

    `code` is the ISO 3166-1 code (two letters) of a country, null for everything else.
    """

    id: str
    type: EntityType
    text: str
    start: int
    end: int
    score: float
    canonical: str
    code: str | None = None


class Claimant(Record, frozen=True, kw_only=True):
    """Who speaks: the entity's id where it is named, and the words that say who."""

    entity: str | None
    text: str


class Claim(Record, frozen=True, kw_only=True):
    """An attribution (source, cue, content), or a checkable statement in the outlet's own voice (no cue)."""

    id: str
    source: Span | None
    cue: Span | None
    content: Span | None
    quotation: Quotation | None
    factuality: Factuality
    check_worthiness: float
    claimant: Claimant | None


class Language(Record, frozen=True, kw_only=True):
    """What the language stage found: an ISO 639 code (`und`: cannot be told), 0 to 1, and why if `und`."""

    code: str
    confidence: float
    reason: str | None = None


class StageReport(Record, frozen=True, kw_only=True):
    """What one stage did to an article, so that an empty list need not be guessed at."""

    status: Literal["ok", "skipped", "failed"]
    reason: str | None = None


class Part(Record, frozen=True, kw_only=True):
    """A headline or a body of a ninjs item; without `contentType` it is plain text."""

    value: str
    role: str | None = None
    contentType: str | None = None  # noqa: N815 - ninjs


class RawItem(Record, frozen=True, kw_only=True):
    """A record of `news.raw`: what is used of a ninjs 3 item; all else in it is kept. The key is the uri.

    It needs a headline or a body, unless it is `canceled`; `items.py` reads it, and says what else is wrong.
    """

    uri: str
    headlines: list[Part] = []
    bodies: list[Part] = []
    version: int | str | None = None
    versionCreated: str | None = None  # noqa: N815 - ninjs
    pubStatus: Literal["usable", "withheld", "canceled"] = "usable"  # noqa: N815


class Version(Record, frozen=True, kw_only=True):
    """What an item says of its version: `number`, else `created` (RFC 3339), else neither."""

    number: int | None = None
    created: str | None = None


class Article(Record, frozen=True, kw_only=True, tag="article"):
    """An internal record: the item, its one exact text, and what the stages before have found."""

    uri: str
    version: Version
    text: str
    item: dict[str, Any]
    language: Language
    entities: list[Entity] = []
    stages: dict[str, StageReport] = {}
    models: dict[str, str] = {}
    cluster: str | None = None
    joins: list[str] = []
    extends: str | None = None


class Notice(Record, frozen=True, kw_only=True, tag="notice"):
    """An internal record without text: a version of `uri` was killed, or withdrawn (diverted elsewhere).

    It travels the same way as articles do, so that it stays in order with the versions of its uri. `lost` goes
    back to the owner of the duplicates: a later stage has rejected what it had let pass.
    """

    kind: Literal["kill", "withdraw", "lost"]
    uri: str
    version: Version


class Enriched(Record, frozen=True, kw_only=True):
    """The outcome of an article, on `news.enriched`: the ninjs item and all that was found in it.

    Articles of one `cluster` tell one story; `joins` names clusters that are one with it since this article.
    `extends` is the uri of an earlier, shorter article that this one contains.
    """

    schema: Literal["khabar.enriched/1"] = "khabar.enriched/1"
    uri: str
    version: int | str | None
    item: dict[str, Any]
    text: str
    language: Language
    duplicates: list[str] = []
    entities: list[Entity]
    claims: list[Claim]
    stages: dict[str, StageReport]
    models: dict[str, str]
    cluster: str | None = None
    joins: list[str] = []
    extends: str | None = None


class OtherLanguage(Record, frozen=True, kw_only=True):
    """An article that is not Arabic, or cannot be told, on `news.other-language`."""

    schema: Literal["khabar.other-language/1"] = "khabar.other-language/1"
    uri: str
    version: int | str | None
    item: dict[str, Any]
    language: Language


class Duplicate(Record, frozen=True, kw_only=True):
    """An article that an earlier one already tells, on `news.duplicates`; `duplicate_of` is that one's uri.

    Of several it is the earliest, be it a duplicate itself. *exact*: the same words, `similarity` 1; *near*: the
    Jaccard similarity of the word 3-shingles; *contained*: the share of this article's shingles in that one.
    `exact_only`: too short for anything but *exact*. `cluster` and `joins` are as in enriched records.
    """

    schema: Literal["khabar.duplicate/1"] = "khabar.duplicate/1"
    uri: str
    version: int | str | None
    item: dict[str, Any]
    duplicate_of: str
    kind: Literal["exact", "near", "contained"]
    similarity: float
    exact_only: bool = False
    cluster: str | None = None
    joins: list[str] = []


class Superseded(Record, frozen=True, kw_only=True):
    """An older version (or its kill, which has no item here) that arrived after a newer one."""

    schema: Literal["khabar.superseded/1"] = "khabar.superseded/1"
    uri: str
    version: int | str | None
    item: dict[str, Any] | None
    superseded_by: int | str | None


class DeadLetterHeaders(Record, frozen=True, kw_only=True, rename=lambda name: DEAD_LETTER_NAMES[name]):
    """The headers of a dead letter, as UTF-8; its key and value are the input's, byte for byte.

    They follow Kafka Connect's names, so that tools that read its dead letters read these. `class_name` is
    the module of the error, `stacktrace` empty where the message says all.
    """

    input: str
    received: str
    outcome: Literal["dead-letter"]
    topic: str
    partition: str
    offset: str
    connector_name: str
    task_id: str
    stage: str
    class_name: str
    exception_class_name: str
    exception_message: str
    exception_stacktrace: str


def shown(version: Version) -> int | str | None:
    """A version as the public records show it: its number, else its time of creation."""
    return version.number if version.number is not None else version.created


def with_stage(article: Article, name: str, report: StageReport) -> Article:
    """The article with one stage's report added."""
    return msgspec.structs.replace(article, stages={**article.stages, name: report})


def encode(record: msgspec.Struct) -> bytes:
    """The record as JSON: UTF-8, fields in the order of the class.

    Raises:
        Reject: it is nested too deep (orjson writes 254 levels), or holds what JSON has no form for.
    """
    try:
        return orjson.dumps(msgspec.to_builtins(record))
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise Reject(f"cannot be written as JSON: {error}") from None


def decode(value: bytes, kind: type[T]) -> T:
    """Read `kind` from JSON.

    Raises:
        Reject: it is no JSON, no UTF-8, or not of that kind; the message says where.
    """
    try:
        return msgspec.convert(orjson.loads(value), kind)
    except orjson.JSONDecodeError as error:
        raise Reject(f"no JSON: {error}") from None
    except msgspec.ValidationError as error:
        raise Reject(f"wrong type: {error}") from None
