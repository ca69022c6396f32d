"""The duplicates stage's log: written first, followed by others, and what contradicts it."""

from __future__ import annotations

import pytest

from pipeline.duplicates.verdicts import decoded, encoded
from pipeline.errors import Diverged, Reject
from pipeline.metrics import EVICTIONS, WINDOW_AGE, WINDOW_ARTICLES, WINDOW_BYTES
from pipeline.outcomes import Arrival, Divert, Forward, Promoted, Rejected, Settled
from pipeline.records import Article, Duplicate, Enriched, Language, Notice, Record, Version, encode
from pipeline.stages.claims import enriched
from pipeline.stages.duplicates import DuplicatesStage
from pipeline.streams.worker import topics_of
from pipeline.topics import DUPLICATES, VERDICTS

TEXT = " ".join(f"كلمة{number}" for number in range(40))
LANGUAGE = Language(code="ar", confidence=1.0)


def article(uri: str, text: str, number: int, outlet: object = None) -> Arrival:
    item = {"uri": uri, "infoSources": [{"name": outlet}]} if outlet else {"uri": uri}
    record = Article(uri=uri, version=Version(), text=text, item=item, language=LANGUAGE)
    return Arrival(uri.encode(), encode(record), f"news.raw/0/{number}", 1000 * number, 100 + number)


def notice(uri: str, kind: str, number: int) -> Arrival:
    record = Notice(kind=kind, uri=uri, version=Version())  # type: ignore[arg-type]
    return Arrival(uri.encode(), encode(record), f"news.raw/0/{number}", 1000 * number, 100 + number)


def record(outcome: object) -> Record:
    assert isinstance(outcome, Forward | Divert)
    return outcome.record


def test_a_duplicate_says_of_what_how_and_where_it_belongs() -> None:
    stage = DuplicatesStage(72)
    first, copy, short, same = stage.process(
        [
            article("a", TEXT, 0),
            article("b", TEXT + " وزيادة", 1),
            article("c", "خبر عاجل", 2),
            article("d", "خبر عاجل", 3),
        ]
    )
    passed, diverted = record(first), record(copy)
    assert isinstance(passed, Article)
    assert isinstance(diverted, Duplicate)
    assert passed.stages["duplicates"].reason is None
    assert (diverted.duplicate_of, diverted.kind, diverted.similarity) == ("a", "near", round(38 / 39, 4))
    assert diverted.cluster == passed.cluster is not None
    brief, equal = record(short), record(same)
    assert isinstance(brief, Article)
    assert isinstance(equal, Duplicate)
    assert brief.stages["duplicates"].reason == "2 words: compared for exact copies only"
    assert (equal.kind, equal.exact_only, diverted.exact_only) == ("exact", True, False)


def test_the_longer_story_is_marked_up_to_the_enriched_record() -> None:
    stage = DuplicatesStage(72)
    _, fuller = stage.process(
        [article("a", TEXT, 0), article("b", TEXT + " " + TEXT.replace("كلمة", "لفظ") * 3, 1)]
    )
    passed = record(fuller)
    assert isinstance(passed, Article)
    final = enriched(passed)
    assert isinstance(final, Enriched)
    assert (final.extends, final.cluster, final.joins) == ("a", passed.cluster, [])


def test_what_is_not_known_to_be_written_is_written_again() -> None:
    stage = DuplicatesStage(72)
    stage.process([article("a", TEXT, 0)])
    first = stage.journal()
    stage.process([article("a", TEXT, 0), article("b", TEXT, 1)])
    assert stage.journal()[0] == first[0]
    assert [key for key, _ in stage.journal()] == [b"news.raw/0/0", b"news.raw/0/1"]
    stage.written()
    assert stage.journal() == []


def test_a_follower_answers_as_the_owner_and_needs_not_write() -> None:
    owner, follower = DuplicatesStage(72), DuplicatesStage(72)
    batch = [article("a", TEXT, 0), article("b", TEXT, 1), notice("a", "kill", 2)]
    answers = owner.process(batch)
    follower.process(batch[:1])  # decided, and lost its partition before it could write
    follower.replay([value for _, value in owner.journal()])
    assert follower.journal() == []
    assert follower.process(batch) == answers
    assert follower.journal() == []


def test_what_others_decided_otherwise_is_noticed() -> None:
    owner, other = DuplicatesStage(72), DuplicatesStage(72)
    owner.process([article("a", TEXT, 0)])
    other.process([article("z", TEXT, 9)])
    with pytest.raises(Diverged, match=r"verdict 0 of news\.raw/0/0"):
        other.replay([value for _, value in owner.journal()])
    other.reset()
    other.replay([value for _, value in owner.journal()])
    (outcome,) = other.process([article("z", TEXT, 9)])
    assert isinstance(outcome, Divert)


def test_a_log_of_something_else_is_refused() -> None:
    with pytest.raises(Reject, match="no verdict"):
        DuplicatesStage(72).replay([b'{"json": true}'])


def test_a_kill_promotes_and_the_promoted_goes_on_as_it_was_judged() -> None:
    stage = DuplicatesStage(72)
    copy = article("b", TEXT, 1)
    _, _, killed = stage.process([article("a", TEXT, 0), copy, notice("a", "kill", 2)])
    assert isinstance(killed, Promoted)
    assert killed.position == copy.position
    promoted = record(stage.promoted(copy))
    assert isinstance(promoted, Article)
    assert promoted.text == TEXT
    assert promoted.stages["duplicates"].reason == "an earlier article that told this was taken back"
    assert stage.process([copy])[0] == stage.process([copy])[0]
    assert isinstance(stage.process([copy])[0], Divert), "its first outcome stays what it was"


def test_who_is_unknown_cannot_be_promoted() -> None:
    with pytest.raises(Reject, match="nothing is known"):
        DuplicatesStage(72).promoted(article("a", TEXT, 0))


def test_what_a_later_stage_lost_is_settled_here() -> None:
    stage = DuplicatesStage(72)
    first, lost = article("a", TEXT, 0), notice("a", "lost", 0)
    answers = stage.process([first, lost, lost, article("b", TEXT, 1), notice("unknown", "lost", 7)])
    assert [type(answer) for answer in answers] == [Forward, Settled, Settled, Forward, Settled]


def test_outlets_are_kept_and_odd_ones_are_none() -> None:
    stage = DuplicatesStage(72)
    stage.process([article(f"u{n}", TEXT, n, outlet) for n, outlet in enumerate(("وكالة", 7, ["x"]))])
    assert [decoded(value).outlet for _, value in stage.journal()] == ["وكالة", None, None]


def test_a_verdict_keeps_its_hashes_last() -> None:
    stage = DuplicatesStage(72)
    stage.process([article("a", TEXT, 0)])
    ((_, value),) = stage.journal()
    verdict = decoded(value)
    assert verdict.signature
    assert value.endswith(verdict.signature.hashes)
    assert encoded(verdict) == value
    assert stage.window.memory.hashes(0).tolist() == verdict.signature.array().tolist()


def test_the_metrics_show_size_age_and_evictions() -> None:
    before = [EVICTIONS.labels(reason)._value.get() for reason in ("age", "limit")]
    stage = DuplicatesStage(1, limit=1000)
    hour = 3600
    stage.process([article("old", TEXT, 0), Arrival(b"x", b"{", "news.raw/0/1", 0)])
    stage.process([article(f"u{n}", f"{TEXT} {n}" * 2, 2 * hour + n) for n in range(1005)])
    assert WINDOW_ARTICLES._value.get() == 1000
    assert WINDOW_AGE._value.get() == 999
    assert WINDOW_BYTES._value.get() > 300_000
    after = [EVICTIONS.labels(reason)._value.get() for reason in ("age", "limit")]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 5]


def test_poison_among_others_harms_only_itself() -> None:
    stage = DuplicatesStage(72)
    outcomes = stage.process(
        [article("a", TEXT, 0), Arrival(b"b", b"{", "news.raw/0/1", 0), article("c", TEXT, 2)]
    )
    assert [type(outcome) for outcome in outcomes] == [Forward, Rejected, Divert]


def test_its_worker_needs_the_log_and_where_it_diverts() -> None:
    assert {VERDICTS, DUPLICATES} <= set(topics_of([DuplicatesStage(72)]))
