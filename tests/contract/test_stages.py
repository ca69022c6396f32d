"""One suite over every stage: the contract in `Stage`'s docstring."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import orjson
import pytest

from pipeline.outcomes import Arrival, Divert, Forward, Rejected, Settled, Tombstone
from pipeline.records import Article, Language, Notice, Version, decode, encode
from pipeline.stages.claims import ClaimsStage
from pipeline.stages.duplicates import DuplicatesStage
from pipeline.stages.language import LanguageStage
from pipeline.stages.stage import Stage
from pipeline.stages.tagging import TaggingStage
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger

ARABIC = "قال الوزير محمد علي إن الحكومة ستبدأ تنفيذ المشروع في بغداد قبل نهاية العام، مؤكداً أن الميزانية كافية."


class FirstWord(Tagger):
    """Tags the first word of every text as a person: what a tagger is, without its model."""

    @property
    def version(self) -> str:
        return "first-word"

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        return [[Mention(0, len(text.split()[0]), "PER", 0.5)] if text.split() else [] for text in texts]

    def close(self) -> None:
        pass


STAGES: dict[str, Callable[[], Stage]] = {
    "language": lambda: LanguageStage(64 * 1024),
    "duplicates": lambda: DuplicatesStage(72),
    "tagging": lambda: TaggingStage(FirstWord),
    "claims": ClaimsStage,
}


def raw(uri: str, text: str, **fields: object) -> bytes:
    return orjson.dumps({"uri": uri, "bodies": [{"value": text}], **fields})


def internal(uri: str, text: str) -> bytes:
    language = Language(code="ar", confidence=1.0)
    return encode(Article(uri=uri, version=Version(), text=text, item={"uri": uri}, language=language))


def arrivals(stage: Stage) -> list[Arrival]:
    """Ordinary ones, a notice or a kill, and what is broken, in between."""
    if stage.name == "language":
        kill = orjson.dumps({"uri": "d", "pubStatus": "canceled"})
        values = [("a", raw("a", ARABIC)), ("b", b"{"), ("c", raw("c", "The minister said on Monday " * 5))]
        values += [("d", kill), ("e", raw("e", ARABIC)), ("f", None), ("wrong key", raw("g", ARABIC))]
    else:
        notice = encode(Notice(kind="kill", uri="d", version=Version()))
        values = [("a", internal("a", ARABIC)), ("b", b"{"), ("c", internal("c", "خبر قصير"))]
        values += [("d", notice), ("e", internal("e", ARABIC)), ("f", None), ("wrong key", internal("g", ARABIC))]
    return [Arrival(key.encode(), value, f"news.raw/0/{n}", n) for n, (key, value) in enumerate(values)]


@pytest.fixture(params=STAGES)
def make(request: pytest.FixtureRequest) -> Callable[[], Stage]:
    def started() -> Stage:
        stage = STAGES[request.param]()
        stage.start()
        request.addfinalizer(stage.close)
        return stage

    return started


def test_each_arrival_has_its_outcome_in_its_place(make: Callable[[], Stage]) -> None:
    stage = make()
    outcomes = stage.process(arrivals(stage))
    rejected = [isinstance(outcome, Rejected) for outcome in outcomes]
    assert rejected == [False, True, False, False, False, True, True]
    for arrival, outcome in zip(arrivals(stage), outcomes, strict=True):
        if isinstance(outcome, Forward | Divert | Tombstone):
            assert outcome.uri.encode() == arrival.key


def test_outcomes_do_not_depend_on_the_cut_into_batches(make: Callable[[], Stage]) -> None:
    whole, single = make(), make()
    expected = whole.process(arrivals(whole))
    found = [outcome for arrival in arrivals(single) for outcome in single.process([arrival])]
    assert list(map(shown, found)) == list(map(shown, expected))


def test_what_comes_twice_gets_the_same_answer(make: Callable[[], Stage]) -> None:
    stage = make()
    first = stage.process(arrivals(stage))
    assert list(map(shown, stage.process(arrivals(stage)))) == list(map(shown, first))


def test_an_empty_batch_is_answered(make: Callable[[], Stage]) -> None:
    assert make().process([]) == []


def test_a_kill_goes_on_or_becomes_a_tombstone(make: Callable[[], Stage]) -> None:
    stage = make()
    outcome = stage.process(arrivals(stage))[3]
    if stage.name == "claims":
        assert outcome == Tombstone("d", "kill")
    else:
        assert isinstance(outcome, Forward)
        assert decode(encode(outcome.record), Article | Notice) == Notice(kind="kill", uri="d", version=Version())


def test_closing_twice_does_no_harm(make: Callable[[], Stage]) -> None:
    stage = make()
    stage.close()
    stage.close()


def shown(outcome: object) -> object:
    """Outcomes as they are compared: of an error its message, of a record its bytes."""
    match outcome:
        case Rejected(error, notice):
            return (str(error), notice)
        case Forward(uri, record):
            return (uri, encode(record))
        case Divert(topic, uri, record, notice):
            return (topic.name, uri, encode(record), notice)
        case _:
            assert isinstance(outcome, Tombstone | Settled)
            return outcome
