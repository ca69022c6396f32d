"""Broken histories: each breaks one promise, and the ledger blames that one and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.ledger import INVARIANTS, Books, Fed, Glimpse, Seen, audit

KEYS = (b"a", b"b", b"a")


def source(offset: int) -> str:
    return f"news.raw/0/{offset}"


def seen(topic: str, offset: int, of: int, outcome: str | None = None, **others: object) -> Seen:
    record = Seen(topic, 0, offset, KEYS[of], b"value of %d" % of, source(of), outcome)
    return replace(record, **others)  # type: ignore[arg-type]


def sound() -> Books:
    """Three inputs, two of them versions of one key, through all stages, one record repeated."""
    between = [seen(topic, n, n) for topic in ("news.arabic", "news.unique", "news.tagged") for n in range(3)]
    ends = [seen("news.enriched", n, n, "enriched") for n in range(3)]
    fed = [Fed(source(n), key, version) for n, (key, version) in enumerate(zip(KEYS, (1, 1, 2), strict=True))]
    again = seen("news.enriched", 3, 2, "enriched")
    topics = {("news.arabic", 0): 3, ("news.unique", 0): 3, ("news.tagged", 0): 3, ("news.enriched", 0): 3}
    glimpses = [
        Glimpse({("news.raw", 0): 2, ("news.tagged", 0): 1}, {**topics, ("news.enriched", 0): 1}),
        Glimpse({("news.raw", 0): 3, ("news.tagged", 0): 3}, topics),
    ]
    return Books(fed, [*between, *ends, again], glimpses, resident=1, resident_bound=2, in_flight=1)


def with_seen(change: Callable[[Seen], Seen | None]) -> Books:
    books = sound()
    return replace(books, seen=[changed for record in books.seen if (changed := change(record)) is not None])


def last_of(record: Seen) -> bool:
    return record.topic == "news.enriched" and record.offset in (2, 3)


def lost() -> Books:
    books = with_seen(lambda record: None if record.input == source(1) else record)
    return replace(books, glimpses=[])


def two_outcomes() -> Books:
    books = sound()
    return replace(books, seen=[*books.seen, seen("news.dead-letter", 0, 1, "dead-letter")])


def replay_that_names_nobody() -> Books:
    books = sound()
    again = [Fed("news.raw/0/3", b"c", 1, replays=source(1))]
    record = Seen("news.enriched", 0, 4, b"c", b"x", "news.raw/0/3", "enriched")
    return replace(books, fed=[*books.fed, *again], seen=[*books.seen, record])


def stranger() -> Books:
    books = sound()
    alien = Seen("news.enriched", 0, 4, b"c", b"x", "news.raw/9/9", "enriched")
    return replace(books, seen=[*books.seen, alien])


def replay_of_a_stranger() -> Books:
    books = sound()
    alien = "news.raw/9/9"
    record = Seen("news.enriched", 0, 4, b"c", b"x", "news.raw/0/3", "enriched", replays=alien)
    return replace(
        books, fed=[*books.fed, Fed("news.raw/0/3", b"c", 1, replays=alien)], seen=[*books.seen, record]
    )


def other_bytes() -> Books:
    return with_seen(lambda record: replace(record, value=b"else") if record.offset == 3 else record)


def other_bytes_between_stages() -> Books:
    books = sound()
    return replace(books, seen=[*books.seen, seen("news.unique", 3, 0, value=b"else")])


def older_after_newer() -> Books:
    def swap(record: Seen) -> Seen:
        if record.topic != "news.enriched" or record.offset == 3:
            return record
        return replace(record, offset=2 - record.offset)

    return replace(with_seen(swap), glimpses=[])


def ends_with_an_older_version() -> Books:
    books = sound()
    late = seen("news.enriched", 4, 0, "enriched")
    return replace(books, seen=[*books.seen, late], in_flight=2)


def ends_with_null() -> Books:
    books = sound()
    return replace(books, seen=[*books.seen, seen("news.enriched", 4, 0, "withdrawn", value=None)])


def not_taken_back() -> Books:
    def divert(record: Seen) -> Seen | None:
        if record.topic == "news.enriched" and record.offset == 3:
            return None
        if last_of(record):
            return replace(record, topic="news.duplicates", outcome="duplicate", offset=0)
        return record

    return replace(with_seen(divert), glimpses=[])


def committed_too_early() -> Books:
    books = sound()
    early = Glimpse({("news.tagged", 0): 2}, {("news.enriched", 0): 1})
    return replace(books, glimpses=[early, *books.glimpses])


def raw_committed_too_early() -> Books:
    return replace(sound(), glimpses=[Glimpse({("news.raw", 0): 1}, {})])


def still_lag() -> Books:
    return replace(sound(), lag={("news.tagged", 0): 1, ("news.raw", 0): 0})


def much_memory() -> Books:
    return replace(sound(), resident=3)


def many_repeats() -> Books:
    return replace(sound(), in_flight=0)


BROKEN = {
    lost: "one_outcome",
    two_outcomes: "one_outcome",
    replay_that_names_nobody: "one_outcome",
    stranger: "no_strangers",
    replay_of_a_stranger: "no_strangers",
    other_bytes: "identical_repeats",
    other_bytes_between_stages: "identical_repeats",
    older_after_newer: "version_order",
    ends_with_an_older_version: "version_order",
    ends_with_null: "version_order",
    not_taken_back: "version_order",
    committed_too_early: "commits",
    raw_committed_too_early: "commits",
    still_lag: "no_lag",
    much_memory: "bounded_memory",
    many_repeats: "few_repeats",
}


def test_a_sound_history_has_no_breach() -> None:
    assert audit(sound()) == {}


def test_every_invariant_is_broken_by_some_history() -> None:
    assert set(BROKEN.values()) == {invariant.__name__ for invariant in INVARIANTS}


@pytest.mark.parametrize("history", BROKEN, ids=lambda history: history.__name__)
def test_a_broken_history_breaks_one_invariant(history: Callable[[], Books]) -> None:
    assert list(audit(history())) == [BROKEN[history]]


def test_an_input_that_waits_is_not_lost() -> None:
    books = with_seen(lambda record: None if record.input == source(2) else record)
    waiting = replace(books, glimpses=[], lag={("news.raw", 0): 1})
    assert waiting.lost == []
    assert list(audit(waiting)) == ["no_lag"]


def test_what_was_taken_back_ends_with_null() -> None:
    def divert(record: Seen) -> Seen:
        return replace(record, value=None, outcome="killed") if last_of(record) else record

    assert audit(with_seen(divert)) == {}


def test_a_lost_input_that_a_commit_has_passed_breaks_both() -> None:
    assert list(audit(with_seen(lambda record: None if record.input == source(1) else record))) == [
        "one_outcome",
        "commits",
    ]
