"""How good the duplicates stage is: articles through the real topics, its links against the exact shingle sets."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import structlog
from aiokafka import ConsumerRecord

from pipeline.assembly import rule, stages
from pipeline.engines import EngineName, engine
from pipeline.errors import Stop
from pipeline.evaluation.duplicates_truth import Truth
from pipeline.feeds import FeedItem
from pipeline.feeds.producer import publish
from pipeline.kafka.admin import create_topics
from pipeline.kafka.producer import producer
from pipeline.kafka.reading import follow, read_all
from pipeline.settings import Settings, load
from pipeline.streams.worker import Worker
from pipeline.topics import ARABIC, DEAD_LETTER, DUPLICATES, OTHER_LANGUAGE, RAW, UNIQUE, Topic

#: How far a link may be from a threshold and still count as true.
TOLERANCE = 0.03

# No articles are older than a hundred years.
NO_WINDOW_HOURS = 100 * 365 * 24.0
PATIENCE_SECONDS = 120.0

# A crash would repeat a batch, but there is none here; what counts is the owner, not trips to the broker.
BATCH_ARTICLES = 500
_URI = "urn:khabar:line:"


@dataclass(slots=True)
class Answers:
    """What became of each article, by its number, and the order in which they were judged."""

    order: list[int] = field(default_factory=list)
    duplicate_of: dict[int, int] = field(default_factory=dict)
    cluster: dict[int, str] = field(default_factory=dict)
    joins: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0


def evaluate_duplicates(
    articles: Path, pairs: Path, window_hours: float | None, name: EngineName
) -> dict[str, Any]:
    """Scores: `recall`, `precision`, `contained_recall`, `links`, `clusters`, `articles_per_second`.

    `recall`: of the pairs with a similarity at or above the threshold, those in one cluster. `precision`: of the
    links, those that the exact shingle sets bear out within the tolerance. `contained_recall`: of the articles
    that an earlier one contains and none is near to, those found to be duplicates.

    Raises:
        Stop: a file is not as it should be, or the engine cannot run here.
    """
    texts = [_text(raw) for raw in _lines(articles)]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    settings = load()
    with engine(name) as broker:
        settings = settings.model_copy(
            update={
                "kafka_bootstrap_servers": broker.bootstrap_servers,
                "kafka_security_protocol": "PLAINTEXT",
                "kafka_sasl_mechanism": None,
                "topic_prefix": "",
                "replication": 1,
                "kafka_session_timeout_seconds": 6,
                "duplicates_window_hours": window_hours or NO_WINDOW_HOURS,
                "retention_hours": NO_WINDOW_HOURS,
                "batch_articles": BATCH_ARTICLES,
                "breaker_share": 1.0,
            }
        )
        answers = asyncio.run(answer(settings, texts))
    return scores(settings, texts, _pairs(pairs), answers)


async def answer(settings: Settings, texts: Sequence[tuple[str, str]]) -> Answers:
    """Feed all, then detect their language, then judge them, one after the other."""
    await create_topics(settings)
    items = (_item(number, title, body) for number, (title, body) in enumerate(texts))
    async with producer(settings) as sender:
        await publish(sender, RAW.full_name(settings), items)
    async with _working(settings, "language"):
        arabic = await _until(settings, (ARABIC, OTHER_LANGUAGE, DEAD_LETTER), len(texts))
    async with _working(settings, "duplicates"):
        await _until(settings, (UNIQUE, DUPLICATES), len(arabic))
    return await _answers(settings)


def scores(
    settings: Settings, texts: Sequence[tuple[str, str]], pairs: Iterable[tuple[int, int, float]], answers: Answers
) -> dict[str, Any]:
    """The figures, from the answers and the truth."""
    truth = Truth([_joined(*text) for text in texts], rule(settings))
    label = _labels(answers)
    similar = [(one, other) for one, other, similarity in pairs if similarity >= settings.duplicates_near]
    together = sum(one in label and label[one] == label.get(other) for one, other in similar)
    links = answers.duplicate_of.items()
    right = sum(truth.is_link(later, earlier, TOLERANCE) for later, earlier in links)
    contained = truth.contained(answers.order)
    sizes: dict[str, int] = {}
    for name in label.values():
        sizes[name] = sizes.get(name, 0) + 1
    return {
        "recall": together / len(similar) if similar else None,
        "precision": right / len(links) if links else None,
        "contained_recall": len(contained & answers.duplicate_of.keys()) / len(contained) if contained else None,
        "links": len(links),
        "clusters": sum(size > 1 for size in sizes.values()),
        "articles_per_second": len(answers.order) / answers.seconds if answers.seconds else None,
        "articles": len(answers.order),
        "pairs": len(similar),
        "contained": len(contained),
    }


async def _answers(settings: Settings) -> Answers:
    answers, times = Answers(), list[int]()
    async for record in read_all(settings, [ARABIC]):
        if _is_article(record):
            answers.order.append(_number(record.key))
    # What a rebalance of the stage before has repeated was judged when it came first.
    answers.order = list(dict.fromkeys(answers.order))
    async for record in read_all(settings, [UNIQUE, DUPLICATES]):
        number, value = _number(record.key), orjson.loads(record.value)
        times.append(record.timestamp)
        answers.cluster[number] = value["cluster"]
        answers.joins += [(value["cluster"], other) for other in value["joins"]]
        if record.topic == DUPLICATES.full_name(settings):
            answers.duplicate_of[number] = _number(value["duplicate_of"].encode())
    answers.seconds = (max(times) - min(times)) / 1000 if times else 0.0
    return answers


def _labels(answers: Answers) -> dict[int, str]:
    """The cluster of each article, once all joins are made."""
    parent: dict[str, str] = {}

    def top(name: str) -> str:
        while name in parent:
            name = parent[name]
        return name

    for one, other in answers.joins:
        if top(one) != top(other):
            parent[top(other)] = top(one)
    return {number: top(name) for number, name in answers.cluster.items()}


@asynccontextmanager
async def _working(settings: Settings, stage: str) -> AsyncIterator[None]:
    worker = Worker(settings, stages(settings, [stage]))
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await running


async def _until(settings: Settings, topics: Sequence[Topic], count: int) -> set[bytes]:
    """Wait until so many articles have come to one of the topics; returns the keys of those on the first."""
    first = topics[0].full_name(settings)
    seen, on_first = set[bytes](), set[bytes]()
    async with aclosing(follow(settings, topics, from_start=True)) as records:
        while len(seen) < count:
            try:
                record = await asyncio.wait_for(anext(records), PATIENCE_SECONDS)
            except TimeoutError:
                raise Stop(f"stuck: {len(seen)} of {count} articles, no other in {PATIENCE_SECONDS:g} s") from None
            if _is_article(record):
                seen.add(record.key)
                on_first |= {record.key} if record.topic == first else set()
    return on_first


def _is_article(record: ConsumerRecord) -> bool:
    """A notice on an internal topic says that a version was rejected, which its dead letter says too."""
    return not record.value.startswith(b'{"type":"notice"')


def _lines(path: Path) -> list[dict[str, Any]]:
    packed = path.read_bytes()
    plain = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
    try:
        return [orjson.loads(line) for line in plain.splitlines() if line.strip()]
    except orjson.JSONDecodeError as error:
        raise Stop(f"{path}: not JSON Lines: {error}") from None


def _text(raw: dict[str, Any]) -> tuple[str, str]:
    """Headline and body, one of them perhaps empty."""
    if isinstance(raw.get("text"), str):
        return "", raw["text"]
    return str(raw.get("title") or ""), str(raw.get("content") or "")


def texts_of(path: Path) -> list[str]:
    """The texts of a file of articles, as the language stage makes them; those without are left out.

    Raises:
        Stop: it is not JSON Lines.
    """
    return [text for raw in _lines(path) if (text := _joined(*_text(raw)))]


def _joined(title: str, body: str) -> str:
    return "\n\n".join(part for part in (title, body) if part.strip())


def _pairs(path: Path) -> list[tuple[int, int, float]]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:] if line]
    try:
        return [(int(row[0]), int(row[1]), float(row[-1])) for row in rows]
    except (ValueError, IndexError) as error:
        raise Stop(f"{path}: two line numbers first, a similarity last, tab-separated: {error}") from None


def _item(number: int, title: str, body: str) -> FeedItem:
    uri = f"{_URI}{number}"
    headlines, bodies = ([{"value": part}] if part.strip() else [] for part in (title, body))
    return FeedItem(uri.encode(), orjson.dumps({"uri": uri, "headlines": headlines, "bodies": bodies}))


def _number(key: bytes) -> int:
    return int(key.decode().removeprefix(_URI))
