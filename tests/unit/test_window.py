"""The duplicates owner's window: first seen wins, versions are no duplicates, and a log rebuilds it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pipeline.duplicates.fingerprints import fingerprint
from pipeline.duplicates.verdicts import Verdict, newer
from pipeline.duplicates.window import HOUR_MS, Input, Window
from pipeline.records import Version


class Log:
    """A window and the verdicts that it gave, with inputs numbered as they come."""

    def __init__(self, hours: float = 72) -> None:
        self.window = Window(hours)
        self.verdicts: list[Verdict] = []
        self._numbers = itertools.count()

    def _input(self, uri: str, version: int | None, at_hours: float) -> Input:
        offset = next(self._numbers)
        return Input(
            input=f"news.raw/0/{offset}", received=int(at_hours * HOUR_MS), offset=offset, uri=uri,
            version=Version(number=version),
        )  # fmt: skip

    def article(self, uri: str, text: str, version: int | None = None, at: float = 0) -> Verdict:
        return self._apply(self.window.judge_article(self._input(uri, version, at), fingerprint(text)))

    def notice(self, uri: str, version: int | None = None, at: float = 0, *, kill: bool = True) -> Verdict:
        return self._apply(self.window.judge_notice(self._input(uri, version, at), kill=kill))

    def _apply(self, verdict: Verdict) -> Verdict:
        self.window.apply(verdict)
        self.verdicts.append(verdict)
        return verdict


def test_first_seen_wins_and_the_canonical_uri_is_named() -> None:
    log = Log()
    assert log.article("a", "خبر أول").kind == "unique"
    second = log.article("b", "خَبر اوّل!")
    assert (second.kind, second.of) == ("duplicate", "a")
    assert log.article("c", "خبر ثان").kind == "unique"


def test_versions_of_one_uri_are_no_duplicates_of_each_other() -> None:
    log = Log()
    log.article("a", "خبر", version=1)
    assert log.article("a", "خبر", version=2).kind == "unique"


def test_an_older_version_that_arrives_late_is_superseded() -> None:
    log = Log()
    log.article("a", "جديد", version=2)
    late = log.article("a", "قديم", version=1)
    assert (late.kind, late.of) == ("superseded", 2)


def test_a_new_version_no_longer_stands_for_the_old_text() -> None:
    log = Log()
    log.article("a", "خبر", version=1)
    log.article("b", "خبر")
    log.article("a", "خبر مصحح", version=2)
    assert log.article("c", "خبر").kind == "unique"


def test_a_version_that_is_a_duplicate_withdraws_the_enriched_one() -> None:
    log = Log()
    log.article("a", "الأصل")
    log.article("b", "غيره", version=1)
    verdict = log.article("b", "الأصل", version=2)
    assert (verdict.kind, verdict.of, verdict.withdraws) == ("duplicate", "a", True)
    assert not log.article("c", "الأصل").withdraws


def test_a_kill_frees_the_text_and_older_versions_stay_dead() -> None:
    log = Log()
    log.article("a", "خبر", version=1)
    assert log.notice("a", version=2).kind == "kill"
    assert log.article("b", "خبر").kind == "unique"
    assert log.article("a", "خبر آخر", version=1).kind == "superseded"


def test_a_withdrawal_is_remembered_where_nothing_was_known() -> None:
    log = Log()
    verdict = log.notice("a", version=2, kill=False)
    assert (verdict.kind, verdict.withdraws) == ("withdraw", False)
    assert log.article("a", "خبر", version=1).kind == "superseded"


def test_a_duplicate_of_a_duplicate_names_the_enriched_article() -> None:
    log = Log()
    log.article("a", "خبر", at=0)
    log.article("b", "خبر", at=71)
    later = log.article("c", "خبر", at=100)  # a has left the window, b has not
    assert (later.kind, later.of) == ("duplicate", "a")


def test_what_has_left_the_window_is_forgotten() -> None:
    log = Log(hours=72)
    log.article("a", "خبر", version=2, at=0)
    assert log.article("b", "خبر", at=72).kind == "duplicate"
    log = Log(hours=72)
    log.article("a", "خبر", version=2, at=0)
    assert log.article("b", "خبر", at=72.001).kind == "unique"
    assert log.article("a", "قديم", version=1, at=72.001).kind == "unique"
    assert len(log.window) == 2


def test_an_arrival_stamped_late_does_not_keep_others_in_the_window() -> None:
    log = Log(hours=10)
    log.article("late", "أ", at=9)
    log.article("a", "ب", at=0)
    assert log.article("b", "ب", at=11).kind == "unique"


def test_newer_goes_by_number_then_creation_then_offset() -> None:
    assert newer(Version(number=2), 0, Version(number=1), 9)
    assert not newer(Version(number=1), 9, Version(number=2), 0)
    assert newer(Version(created="2026-01-02T00:00:00Z"), 0, Version(created="2026-01-01T00:00:00Z"), 9)
    assert newer(
        Version(number=1, created="2026-01-02T00:00:00Z"), 0, Version(number=1, created="2026-01-01T00:00:00Z"), 9
    )
    assert newer(Version(number=1), 2, Version(created="2026-01-01T00:00:00Z"), 1)
    assert not newer(Version(number=1), 1, Version(number=1), 1)


def test_a_copy_does_not_make_the_next_version_a_duplicate_of_itself() -> None:
    log = Log()
    log.article("a", "خبر", version=1)
    log.article("b", "خبر")
    assert log.article("a", "خبر.", version=2).kind == "unique"
    assert log.article("c", "خبر").of == "a"


events = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["س", "ص"]), st.sampled_from([None, 1, 2]), st.integers(0, 200),
        st.sampled_from(["article", "kill", "withdraw"]),
    ),
    max_size=30,
)  # fmt: skip


def play(log: Log, story: list[tuple[str, str, int | None, int, str]]) -> None:
    for uri, text, version, hours, kind in story:
        if kind == "article":
            log.article(uri, text, version, at=hours)
        else:
            log.notice(uri, version, at=hours, kill=kind == "kill")


@given(story=events, cut=st.integers(0, 30))
def test_a_window_rebuilt_from_the_log_judges_as_the_one_that_wrote_it(
    story: list[tuple[str, str, int | None, int, str]], cut: int
) -> None:
    through, resumed = Log(), Log()
    play(through, story)
    play(resumed, story[:cut])
    rebuilt = Window(72)
    for verdict in resumed.verdicts:
        rebuilt.apply(verdict)
        rebuilt.apply(verdict)  # a crash may have written it twice
    resumed.window = rebuilt
    play(resumed, story[cut:])
    assert resumed.verdicts == through.verdicts


@given(story=events)
def test_a_duplicate_names_another_uri_whose_newest_version_tells_it(
    story: list[tuple[str, str, int | None, int, str]],
) -> None:
    log, newest = Log(hours=10_000), dict[str, tuple[str, str | None]]()
    for event in story:
        play(log, [event])
        verdict = log.verdicts[-1]
        if verdict.kind == "duplicate":
            assert verdict.of != verdict.uri
            assert newest[str(verdict.of)] == ("unique", verdict.fingerprint)
        if verdict.kind != "superseded":
            newest[verdict.uri] = (verdict.kind, verdict.fingerprint)


@given(story=events)
def test_unique_is_what_a_brute_force_loop_says(story: list[tuple[str, str, int | None, int, str]]) -> None:
    """Without versions and notices: unique exactly when no article before, in the window, tells it."""
    log, seen, now = Log(), [], 0
    for number, (_, text, _, hours, _) in enumerate(story):
        now = max(now, hours)
        expected = not any(text == other and at >= now - 72 for other, at in seen)
        assert (log.article(f"uri-{number}", text, at=hours).kind == "unique") == expected
        seen.append((text, hours))
