"""What is sent for an outcome, in which order, and what a failed send does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import (
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NotLeaderForPartitionError,
    TopicAuthorizationFailedError,
)

from pipeline.errors import Reject, Stop, Unreachable
from pipeline.outcomes import Divert, Forward, Rejected, Settled, Tombstone
from pipeline.records import Article, Enriched, Language, Notice, OtherLanguage, Record, Version, encode
from pipeline.settings import Settings
from pipeline.stages.claims import ClaimsStage
from pipeline.stages.duplicates import DuplicatesStage
from pipeline.stages.language import LanguageStage
from pipeline.streams import delivery as module
from pipeline.streams.arrivals import Delivered
from pipeline.streams.delivery import Delivery, Emission, waves
from pipeline.streams.headers import MOST_HEADER_BYTES, read
from pipeline.topics import ARABIC, DEAD_LETTER, ENRICHED, OTHER_LANGUAGE, UNIQUE

LANGUAGE = Language(code="ar", confidence=1.0)


def delivered(
    key: bytes | None = b"u", value: bytes | None = b"v", headers: Any = (), raw: bool = False
) -> Delivered:
    message = SimpleNamespace(
        key=key, value=value, headers=headers, topic="news.raw", partition=3, offset=7, timestamp=1.5
    )
    return Delivered.of(SimpleNamespace(message=message), raw=raw)


def article(uri: str = "u", text: str = "خبر", **fields: Any) -> Article:
    return Article(uri=uri, version=Version(), text=text, item=fields.pop("item", {}), language=LANGUAGE, **fields)


def enriched(uri: str = "u", item: dict[str, Any] | None = None) -> Enriched:
    return Enriched(
        uri=uri,
        version=1,
        item=item or {},
        text="خبر",
        language=LANGUAGE,
        entities=[],
        claims=[],
        stages={},
        models={},
    )


class Broker:
    """A producer that fails as it is told, and remembers what it took."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.taken: list[tuple[str, bytes | None]] = []
        self.sent: list[tuple[bytes | None, Any]] = []

    async def send_and_wait(self, topic: str, value: bytes | None, *, key: bytes | None, headers: Any) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append((topic, key))
        self.sent.append((value, headers))


async def ours() -> bool:
    return True


async def there(settings: Settings, topics: Any) -> dict[str, int]:
    return {}


def test_a_forward_carries_input_time_and_outcome() -> None:
    at = delivered(headers=[("khabar-input", b"news.raw/1/2"), ("khabar-received", b"99")])
    (emission,) = Delivery(ClaimsStage(), Settings(), Broker()).emissions(at, Forward("u", enriched()))
    assert (emission.topic, emission.key, emission.value) == (ENRICHED, b"u", encode(enriched()))
    assert dict(emission.headers) == {
        "khabar-input": b"news.raw/1/2", "khabar-received": b"99", "khabar-outcome": b"enriched",
    }  # fmt: skip


def test_on_the_raw_topic_a_story_begins_whatever_the_headers_say() -> None:
    at = delivered(headers=[("khabar-input", b"forged/1/2")], raw=True)
    assert (at.arrival.input, at.arrival.received) == ("news.raw/3/7", 1500)


def test_a_dead_letter_keeps_bytes_key_and_headers_and_says_what_failed() -> None:
    at = delivered(key=None, value=b"\xff\x00", headers=[("trace", b"1")], raw=True)
    (emission,) = Delivery(LanguageStage(1024), Settings(), Broker()).emissions(at, Rejected(Reject("no UTF-8")))
    assert (emission.topic, emission.key, emission.value) == (DEAD_LETTER, None, b"\xff\x00")
    assert emission.headers[0] == ("trace", b"1")
    assert read(emission.headers, "khabar-input") == "news.raw/3/7"
    assert read(emission.headers, "khabar-outcome") == "dead-letter"
    errors = {
        name: read(emission.headers, f"__connect.errors.{name}") for name in ("topic", "partition", "offset")
    }
    assert errors == {"topic": "news.raw", "partition": "3", "offset": "7"}
    assert read(emission.headers, "__connect.errors.exception.message") == "no UTF-8"
    assert read(emission.headers, "__connect.errors.exception.class.name") == "Reject"


def test_a_diverted_version_takes_an_older_one_back() -> None:
    record = OtherLanguage(uri="u", version=2, item={}, language=LANGUAGE)
    outcome = Divert(OTHER_LANGUAGE, "u", record, Notice(kind="withdraw", uri="u", version=Version(number=2)))
    first, second = Delivery(LanguageStage(1024), Settings(), Broker()).emissions(delivered(), outcome)
    assert (first.topic, second.topic) == (OTHER_LANGUAGE, ARABIC)
    assert read(second.headers, "khabar-outcome") is None


def test_an_article_that_breaks_the_last_stage_takes_an_older_version_back() -> None:
    notice = Notice(kind="withdraw", uri="u", version=Version())
    dead, tombstone = Delivery(ClaimsStage(), Settings(), Broker()).emissions(
        delivered(), Rejected(ValueError("x"), notice)
    )
    assert (dead.topic, tombstone.topic, tombstone.value) == (DEAD_LETTER, ENRICHED, None)
    assert read(tombstone.headers, "khabar-outcome") == "withdrawn"


def test_a_tombstone_is_a_null_value_and_settled_sends_nothing() -> None:
    sender = Delivery(ClaimsStage(), Settings(), Broker())
    (emission,) = sender.emissions(delivered(), Tombstone("u", "kill"))
    assert (emission.value, read(emission.headers, "khabar-outcome")) == (None, "killed")
    assert list(sender.emissions(delivered(), Settled())) == []


@pytest.mark.parametrize("padding", range(3))
def test_a_long_error_keeps_its_beginning_and_stays_utf8(padding: int) -> None:
    error = Reject("x" * padding + "خطأ " * 10_000)
    headers = delivered(raw=True).error_headers(error, "language")
    message = read(headers, "__connect.errors.exception.message")
    assert message is not None
    assert message.startswith("x" * padding + "خطأ")
    assert len(message.encode()) <= MOST_HEADER_BYTES


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize("item", [{"x": "y" * 5_000_000}, nested(2_000)], ids=["too large", "too deep"])
def test_a_record_that_cannot_be_written_is_a_dead_letter(item: dict[str, Any]) -> None:
    record: Record = enriched(item=item)
    emissions = list(Delivery(ClaimsStage(), Settings(), Broker()).emissions(delivered(), Forward("u", record)))
    assert emissions[0].topic is DEAD_LETTER
    assert emissions[0].value == b"v"


def test_a_key_waits_for_its_predecessor_on_the_same_topic() -> None:
    def emission(topic: Any, key: bytes) -> Emission:
        return Emission(topic, key, b"", [])

    a1, b1, a2, b2 = (emission(UNIQUE, key) for key in (b"a", b"b", b"a", b"b"))
    elsewhere = emission(ARABIC, b"a")
    assert waves([a1, b1, elsewhere, a2, b2]) == [[a1, b1, elsewhere], [a2, b2]]
    assert waves([]) == []


async def test_a_send_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(module, "require_topics", there)
    broker = Broker(NotLeaderForPartitionError(), ConnectionError(), KafkaTimeoutError())
    sender = Delivery(DuplicatesStage(72), Settings(topic_prefix="p-"), broker)
    emissions = [Emission(UNIQUE, key, b"", []) for key in (b"a", b"b", b"c")]
    assert await sender.send(emissions, ours)
    assert sorted(broker.taken) == [("p-news.unique", b"a"), ("p-news.unique", b"b"), ("p-news.unique", b"c")]


async def test_a_dead_letter_that_no_topic_holds_says_how_large_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.0)
    broker = Broker(MessageSizeTooLargeError())
    emission = Emission(DEAD_LETTER, b"u", b"x" * 9, [("a", b"b")])
    assert await Delivery(LanguageStage(1024), Settings(), broker).send([emission], ours)
    assert broker.sent == [(None, [("a", b"b"), ("khabar-value-omitted", b"9")])]


async def test_partitions_that_went_elsewhere_end_the_sending() -> None:
    async def lost() -> bool:
        return False

    broker = Broker()
    assert not await Delivery(ClaimsStage(), Settings(), broker).send([Emission(ENRICHED, b"a", b"", [])], lost)
    assert broker.taken == []


async def test_what_never_passes_stops_the_worker() -> None:
    sender = Delivery(ClaimsStage(), Settings(), Broker(TopicAuthorizationFailedError()))
    with pytest.raises(Stop, match="takes no records"):
        await sender.send([Emission(ENRICHED, b"a", b"", [])], ours)


async def test_a_topic_that_is_gone_stops_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(settings: Settings, topics: Any) -> dict[str, int]:
        raise Stop("missing on localhost:9092: news.enriched")

    monkeypatch.setattr(module, "require_topics", gone)
    sender = Delivery(ClaimsStage(), Settings(), Broker(KafkaTimeoutError()))
    with pytest.raises(Stop, match=r"missing .* news.enriched"):
        await sender.send([Emission(ENRICHED, b"a", b"", [])], ours)


async def test_a_broker_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(settings: Settings, topics: Any) -> dict[str, int]:
        raise Unreachable("no Kafka broker")

    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(module, "require_topics", away)
    broker = Broker(KafkaTimeoutError())
    assert await Delivery(ClaimsStage(), Settings(), broker).send([Emission(ENRICHED, b"a", b"", [])], ours)
    assert broker.taken == [("news.enriched", b"a")]


def test_a_replay_is_named_to_the_end() -> None:
    at = delivered(headers=[("khabar-input", b"news.raw/1/9"), ("khabar-replay-of", b"news.raw/1/2")])
    (emission,) = Delivery(ClaimsStage(), Settings(), Broker()).emissions(at, Forward("u", enriched()))
    assert read(emission.headers, "khabar-replay-of") == "news.raw/1/2"
