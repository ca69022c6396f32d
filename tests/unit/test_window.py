"""The duplicates owner's window: first told wins, versions are no duplicates, and a log rebuilds it."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.duplicates.fingerprints import signature
from pipeline.duplicates.rule import Rule
from pipeline.duplicates.verdicts import Verdict, encoded, newer
from pipeline.duplicates.window import HOUR_MS, Input, Window
from pipeline.errors import Reject
from pipeline.records import Version
from tests.brute_force import BruteForce

WORDS = [f"كلمة{number}" for number in range(400)]


def text(first: int, count: int = 60) -> str:
    """So many words of a long text, from the first on: two of them share what overlaps."""
    return " ".join(WORDS[first : first + count])


class Log:
    """A window and the verdicts that it gave, with inputs numbered as they come."""

    def __init__(self, hours: float = 72, limit: int = 10_000) -> None:
        self.window = Window(hours, limit)
        self.verdicts: list[Verdict] = []
        self._numbers = itertools.count()

    def article(self, uri: str, text: str, version: int | None = None, at: float = 0) -> Verdict:
        return self._judge(uri, text, version, at)

    def notice(self, uri: str, version: int | None = None, at: float = 0, *, kill: bool = True) -> Verdict:
        return self._judge(uri, None, version, at, kill=kill)

    def lost(self, verdict: Verdict) -> Verdict:
        """A later stage has rejected what was let pass."""
        return self._judge(verdict.uri, None, verdict.version.number, verdict.received / HOUR_MS, lost=verdict)

    def _judge(
        self, uri: str, text: str | None, version: int | None, at: float, *, kill: bool = False,
        lost: Verdict | None = None,
    ) -> Verdict:  # fmt: skip
        number = next(self._numbers)
        item = Input(
            input=lost.input + "!lost" if lost else f"news.raw/0/{number}", lost=lost.input if lost else None,
            received=int(at * HOUR_MS), offset=lost.offset if lost else number, position=number, uri=uri,
            version=Version(number=version), signature=None if text is None else signature(text),
        )  # fmt: skip
        (seen,) = self.window.look([item])
        verdict = self.window.known(item, seen) or self.window.judge(item, seen, kill=kill)
        self.window.apply(verdict)
        self.verdicts.append(verdict)
        return verdict


def of(verdict: Verdict) -> tuple[str, str] | None:
    return (verdict.resemblance.kind, verdict.resemblance.of) if verdict.resemblance else None


def test_exact_near_contained_and_what_goes_on() -> None:
    log = Log()
    assert log.article("a", text(0)).kind == "unique"
    assert of(log.article("exact", text(0).replace("كلمة", "كَلِمه") + " !")) == ("exact", "a")
    near = log.article("near", text(10))  # 48 of 68 shingles
    assert of(near) == ("near", "a")
    assert near.resemblance
    assert near.resemblance.similarity == round(48 / 68, 4)
    log.article("long", text(100, 200))
    contained = log.article("contained", text(150, 32))
    assert of(contained) == ("contained", "long")
    assert contained.resemblance
    assert contained.resemblance.similarity == 1.0
    assert log.article("other", text(300)).kind == "unique"


def test_the_longer_story_goes_on_and_says_what_it_extends() -> None:
    log = Log()
    log.article("flash", text(0, 40))
    fuller = log.article("fuller", text(0, 150))
    assert (fuller.kind, fuller.extends) == ("unique", "flash")
    assert fuller.cluster == log.verdicts[0].cluster


def test_thirty_words_in_five_hundred() -> None:
    words = [f"w{number}" for number in range(500)]
    log = Log()
    log.article("long", " ".join(words))
    assert of(log.article("short", " ".join(words[200:230]))) == ("contained", "long")
    assert log.article("shorter", " ".join(words[300:329])).kind == "unique", "29 words are too few"


def test_below_twelve_words_only_exact_and_it_says_so() -> None:
    log = Log()
    log.article("a", text(0, 11))
    assert log.article("b", text(0, 10)).kind == "unique"
    exact = log.article("c", text(0, 11))
    assert of(exact) == ("exact", "a")
    assert exact.exact_only
    assert not log.article("d", text(50, 12)).exact_only
    assert of(log.article("e", text(50, 13))) == ("near", "d")


def test_the_earliest_is_named_though_it_is_a_duplicate_itself() -> None:
    log = Log()
    log.article("a", text(0))
    assert of(log.article("b", text(15))) == ("near", "a")
    third = log.article("c", text(30))
    assert of(third) == ("near", "b")
    assert third.cluster == log.verdicts[0].cluster


def test_a_late_link_joins_clusters() -> None:
    log = Log()
    one, two = log.article("a", text(0)), log.article("b", text(22))
    assert (one.kind, two.kind) == ("unique", "unique")
    assert one.cluster != two.cluster
    late = log.article("c", text(11))
    assert of(late) == ("near", "a")
    assert (late.cluster, late.joins) == (one.cluster, [two.cluster])
    assert log.article("d", text(36)).cluster == one.cluster  # near b alone


def test_versions_of_one_uri_are_no_duplicates_of_each_other() -> None:
    log = Log()
    log.article("a", text(0), version=1)
    assert log.article("a", text(0), version=2).kind == "unique"
    assert log.article("a", text(2), version=3).kind == "unique"


def test_an_older_version_that_arrives_late_is_superseded() -> None:
    log = Log()
    log.article("a", text(0), version=2)
    late = log.article("a", text(100), version=1)
    assert (late.kind, late.newer) == ("superseded", 2)
    assert log.article("b", text(100)).kind == "unique", "it is compared with nothing"


def test_a_new_version_no_longer_stands_for_the_old_text() -> None:
    log = Log()
    log.article("a", text(0), version=1)
    log.article("a", text(100), version=2)
    assert log.article("c", text(0)).kind == "unique"


def test_a_copy_takes_the_place_of_a_version_that_tells_something_else() -> None:
    log = Log()
    log.article("a", text(0), version=1)
    log.article("b", text(0))
    changed = log.article("a", text(100), version=2)
    assert changed.kind == "unique"
    assert changed.promotes
    assert changed.promotes.number == 1
    assert of(log.article("c", text(0))) == ("exact", "b")


def test_a_copy_does_not_make_the_next_version_a_duplicate_of_itself() -> None:
    log = Log()
    log.article("a", text(0), version=1)
    log.article("b", text(0))
    log.article("c", text(15))
    corrected = log.article("a", text(1), version=2)
    assert (corrected.kind, corrected.promotes, corrected.cluster) == ("unique", None, log.verdicts[0].cluster)


def test_a_version_that_is_a_duplicate_withdraws_the_enriched_one() -> None:
    log = Log()
    log.article("a", text(0))
    log.article("b", text(100), version=1)
    verdict = log.article("b", text(0), version=2)
    assert (of(verdict), verdict.withdraws) == (("exact", "a"), True)
    assert not log.article("c", text(0)).withdraws


def test_a_kill_promotes_the_next_of_its_cluster_once() -> None:
    log = Log()
    log.article("a", text(0), version=1)
    log.article("b", text(0))
    log.article("c", text(0))
    kill = log.notice("a", version=2)
    assert kill.kind == "kill"
    assert kill.promotes
    assert (kill.promotes.number, kill.promotes.position) == (1, 1)
    assert of(log.article("d", text(0))) == ("exact", "b")
    assert log.article("a", text(200), version=1).kind == "superseded"
    second = log.notice("b")
    assert second.promotes
    assert second.promotes.number == 2
    assert log.notice("d").promotes is None, "a duplicate stands for nothing"


def test_what_a_later_stage_rejects_gives_its_place_away() -> None:
    log = Log()
    first = log.article("a", text(0), version=1)
    log.article("b", text(0))
    lost = log.lost(first)
    assert lost.promotes
    assert lost.promotes.number == 1
    assert of(log.article("c", text(0))) == ("exact", "b")
    assert log.article("a", text(0), version=1).kind == "duplicate", "sent again it is a newer input"
    assert log.lost(first).number == lost.number, "told twice"


def test_what_is_lost_after_a_newer_version_changes_nothing() -> None:
    log = Log()
    first = log.article("a", text(0), version=1)
    log.article("b", text(0))
    log.article("a", text(2), version=2)
    assert log.lost(first).kind == "superseded"


def test_nobody_is_promoted_where_another_of_the_cluster_is_tagged() -> None:
    log = Log()
    log.article("a", text(0))
    log.article("b", text(22))
    log.article("c", text(11))
    assert log.notice("a").promotes is None
    promotes = log.notice("b").promotes
    assert promotes
    assert promotes.number == 2


def test_a_kill_frees_the_text() -> None:
    log = Log()
    log.article("a", text(0), version=1)
    log.notice("a", version=2)
    assert log.article("b", text(0)).kind == "unique"


def test_a_withdrawal_is_remembered_where_nothing_was_known() -> None:
    log = Log()
    verdict = log.notice("a", version=2, kill=False)
    assert (verdict.kind, verdict.withdraws) == ("withdraw", False)
    assert log.article("a", text(0), version=1).kind == "superseded"


def test_what_has_left_the_window_is_forgotten() -> None:
    log = Log(hours=72)
    log.article("a", text(0), version=2, at=0)
    assert log.article("b", text(0), at=72).kind == "duplicate"
    log = Log(hours=72)
    log.article("a", text(0), version=2, at=0)
    assert log.article("b", text(0), at=72.001).kind == "unique"
    assert log.article("a", text(100), version=1, at=72.001).kind == "unique"
    assert len(log.window) == 2
    assert log.window.evicted.taken() == {"age": 1, "limit": 0}


def test_an_arrival_stamped_late_does_not_keep_others_in_the_window() -> None:
    log = Log(hours=10)
    log.article("late", text(0), at=9)
    log.article("a", text(100), at=0)
    assert log.article("b", text(100), at=11).kind == "unique"


def test_the_limit_drops_the_oldest() -> None:
    log = Log(limit=3)
    for number in range(5):
        log.article(f"u{number}", text(number * 60))
    assert len(log.window) == 3
    assert log.window.evicted.taken() == {"age": 0, "limit": 2}
    assert log.article("old", text(60)).kind == "unique"
    assert of(log.article("new", text(240))) == ("exact", "u4")


def test_a_text_of_no_words_is_compared_as_it_is() -> None:
    log = Log()
    log.article("a", "؟!")
    assert log.article("b", "؟؟").kind == "unique"
    assert of(log.article("c", "؟!")) == ("exact", "a")


def test_newer_goes_by_number_then_creation_then_offset() -> None:
    assert newer(Version(number=2), 0, Version(number=1), 9)
    assert not newer(Version(number=1), 9, Version(number=2), 0)
    assert newer(Version(created="2026-01-02T00:00:00Z"), 0, Version(created="2026-01-01T00:00:00Z"), 9)
    assert newer(
        Version(number=1, created="2026-01-02T00:00:00Z"), 0, Version(number=1, created="2026-01-01T00:00:00Z"), 9
    )
    assert newer(Version(number=1), 2, Version(created="2026-01-01T00:00:00Z"), 1)
    assert not newer(Version(number=1), 1, Version(number=1), 1)


Story = list[tuple[str, tuple[int, int], int | None, int, str]]
# Stretches of one long text: most pairs are near, contained, extend one another, or are just none of it.
STRETCHES = [(start, count) for start in (0, 6, 14, 25, 40, 80) for count in (8, 11, 14, 30, 48, 90)]
events = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.sampled_from(STRETCHES), st.sampled_from([None, 1, 2]), st.integers(0, 200),
        st.sampled_from(["article", "article", "article", "kill", "withdraw"]),
    ),
    max_size=40,
)  # fmt: skip


def play(log: Log, story: Story) -> None:
    for uri, (first, count), version, hours, kind in story:
        if kind == "article":
            log.article(uri, text(first, count), version, at=hours)
        else:
            log.notice(uri, version, at=hours, kill=kind == "kill")


@given(story=events, cut=st.integers(0, 40))
def test_a_window_rebuilt_from_the_log_judges_as_the_one_that_wrote_it(story: Story, cut: int) -> None:
    through, resumed = Log(), Log()
    play(through, story)
    play(resumed, story[:cut])
    rebuilt = Window(72, 10_000)
    for verdict in resumed.verdicts:
        rebuilt.apply(verdict)
        rebuilt.apply(verdict)  # a crash may have written it twice
    resumed.window = rebuilt
    play(resumed, story[cut:])
    assert resumed.verdicts == through.verdicts


@settings(max_examples=300)
@given(story=events)
def test_the_answers_are_those_of_a_brute_force_loop(story: Story) -> None:
    """With versions, kills, withdrawals and a window: who goes on, what is whose duplicate, who is promoted."""
    log, loop = Log(), BruteForce()
    for offset, (uri, (first, count), version, hours, kind) in enumerate(story):
        play(log, [(uri, (first, count), version, hours, kind)])
        verdict = log.verdicts[-1]
        judged = loop.judge(
            uri, text(first, count) if kind == "article" else None, version=Version(number=version),
            offset=offset, received=hours * HOUR_MS, kill=kind == "kill",
        )  # fmt: skip
        promoted = log.window.memory.verdict(verdict.promotes.number).uri if verdict.promotes else None
        found = verdict.resemblance
        assert (verdict.kind, found and found.of, found and found.kind, verdict.extends, promoted) == (
            judged.kind, judged.of, judged.how, judged.extends, judged.promotes,
        )  # fmt: skip


@pytest.mark.parametrize("limit", [100_000, 1500])
def test_an_index_of_many_blocks_finds_what_a_young_one_finds(limit: int) -> None:
    """Thousands of articles, so that blocks are frozen and merged; and a log that is read from its middle on."""
    chance = random.Random(limit)
    log = Log(hours=1000, limit=limit)
    texts = [" ".join(chance.choices(WORDS, k=14)) for _ in range(9500)]
    for number, each in enumerate(texts):
        assert log.article(f"u{number}", each).kind == "unique"
    late = Log(hours=1000, limit=limit)
    for verdict in log.verdicts[-1200:]:
        late.window.apply(verdict)
    for number in chance.sample(range(9500), 200):
        known = number >= log.window.memory.first
        copy = log.article(f"copy-{number}", texts[number] + " وزيادة")
        assert of(copy) == (("near", f"u{number}") if known else None), number
        late_copy = late.article(f"copy-{number}", texts[number] + " وزيادة")
        assert of(late_copy) == (("near", f"u{number}") if known and number >= 9500 - 1200 else None), number


def test_a_log_with_a_large_hole_is_no_log() -> None:
    log = Log()
    log.article("a", text(0))
    far = Verdict(
        number=500_000, input="news.raw/0/9", received=0, offset=9, position=9, uri="z", version=Version(),
        kind="unique",
    )  # fmt: skip
    with pytest.raises(Reject, match=r"verdict 500,000 follows 0"):
        log.window.apply(far)


def test_a_log_with_a_small_hole_is_read_on() -> None:
    log = Log()
    for number in range(4):
        log.article(f"u{number}", text(number * 60))
    window = Window(72, 100)
    for verdict in (*log.verdicts[:1], *log.verdicts[3:]):
        window.apply(verdict, encoded(verdict))
    log.window = window
    assert of(log.article("copy", text(180))) == ("exact", "u3")
    assert log.article("lost", text(60)).kind == "unique"


def test_thresholds_are_settings() -> None:
    strict = Log()
    strict.window = Window(72, 100, Rule(near=0.9, contained_words=100, least_words=5))
    strict.article("a", text(0))
    assert strict.article("b", text(10)).kind == "unique"
    assert strict.article("c", text(5, 32)).kind == "unique"
