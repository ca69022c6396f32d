"""Claimant accuracy: the right entity, the right words, or rightly nobody."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from pipeline.evaluation.claim_intervals import claim_intervals
from pipeline.evaluation.claimants import evaluate_claimants
from pipeline.evaluation.claims import evaluate_claims, tallies
from pipeline.evaluation.reference import Reference, Speaker, Speaking
from pipeline.records import Claim, Claimant, Entity, Span

TEXT = (
    "قال سامر العلي إن السد امتلأ. وأضاف العلي أن الماء كثير. "
    "وقالت مصادر محلية إن الطريق مقطوع. يذكر أن السد قديم."
)


def extent(words: str, start: int = 0) -> tuple[int, int]:
    at = TEXT.index(words, start)
    return at, at + len(words)


CUES = [extent("قال"), extent("أضاف"), extent("قالت"), extent("يذكر")]
FULL, SHORT, SOURCES = extent("سامر العلي"), extent("العلي", 20), extent("مصادر محلية")
REFERENCE = Reference(
    id="t",
    sha256=sha256(TEXT.encode()).hexdigest(),
    entities=[(*FULL, "p"), (*SHORT, "p"), (*extent("السد"), "dam")],
    claimants=[
        Speaking(CUES[0], Speaker(["p"], [])),
        Speaking(CUES[1], Speaker(["p"], [])),
        Speaking(CUES[2], Speaker([], [SOURCES])),
        Speaking(CUES[3], None),
    ],
)
REFERENCES = {REFERENCE.sha256: REFERENCE}


def entity(number: str, where: tuple[int, int]) -> Entity:
    start, end = where
    return Entity(
        id=number, type="PER", text=TEXT[start:end], start=start, end=end, score=1.0, canonical=TEXT[start:end]
    )


def claim(cue: tuple[int, int], claimant: Claimant | None) -> Claim:
    start, end = cue
    span = Span(start=start, end=end, text=TEXT[start:end])
    return Claim(
        id="c", source=None, cue=span, content=span, quotation="indirect", factuality="asserted",
        check_worthiness=0.5, claimant=claimant,
    )  # fmt: skip


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    attributions = [{"cue": {"start": start, "end": end}} for start, end in CUES]
    path = tmp_path / "gold.jsonl"
    path.write_bytes(orjson.dumps({"text": TEXT, "attributions": attributions}))
    return path


PERSON = [entity("e1", FULL), entity("e1", SHORT)]
RIGHT = [
    Claimant(entity="e1", text="سامر العلي"),
    Claimant(entity="e1", text="سامر العلي"),
    Claimant(entity=None, text="مصادر محلية"),
    None,
]


def accuracy(path: Path, claimants: list[Claimant | None], entities: list[Entity] = PERSON) -> float:
    claims = [claim(cue, one) for cue, one in zip(CUES, claimants, strict=True)]
    scores = evaluate_claimants(path, lambda _: (entities, claims), REFERENCES)
    assert scores is not None
    return float(scores["accuracy_found"])


def test_all_right(gold: Path) -> None:
    claims = [claim(cue, one) for cue, one in zip(CUES, RIGHT, strict=True)]
    scores = evaluate_claimants(gold, lambda _: (PERSON, claims), REFERENCES)
    assert scores == {
        "accuracy_found": 1.0, "interval_found": [1.0, 1.0], "accuracy_all": 1.0, "interval_all": [1.0, 1.0],
        "entity": {"right": 2, "found": 2, "all": 2},
        "words": {"right": 1, "found": 1, "all": 1},
        "nobody": {"right": 1, "found": 1, "all": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        [None, *RIGHT[1:]],  # nobody, where somebody speaks
        [Claimant(entity=None, text="سامر العلي"), *RIGHT[1:]],  # words, not resolved
        [Claimant(entity="e2", text="سامر العلي"), *RIGHT[1:]],  # an entity without mentions
        [*RIGHT[:2], Claimant(entity=None, text="السد"), None],  # other words
        [*RIGHT[:2], RIGHT[0], None],  # an entity, where words are meant
        [*RIGHT[:3], RIGHT[2]],  # somebody, where nobody speaks
    ],
)
def test_one_wrong(gold: Path, wrong: list[Claimant | None]) -> None:
    assert accuracy(gold, wrong) == 0.75


def test_an_entity_that_the_words_name_is_right(gold: Path) -> None:
    claimants = [*RIGHT[:2], Claimant(entity="e3", text="مصادر محلية"), None]
    assert accuracy(gold, claimants, [*PERSON, entity("e3", SOURCES)]) == 1.0
    start, _ = SOURCES
    assert accuracy(gold, claimants, [*PERSON, entity("e3", (start, start + 2))]) == 0.75  # too little of them


def test_most_of_the_mentions_decide(gold: Path) -> None:
    dam = entity("e1", extent("السد"))
    assert accuracy(gold, RIGHT, [*PERSON, dam]) == 1.0
    assert accuracy(gold, RIGHT, [entity("e1", FULL), dam, entity("e1", extent("السد"))]) == 0.5


def test_a_cue_that_is_not_found_counts_over_all(gold: Path) -> None:
    claims = [claim(CUES[0], RIGHT[0])]
    scores = evaluate_claimants(gold, lambda _: (PERSON, claims), REFERENCES)
    assert scores is not None
    assert (scores["accuracy_found"], scores["accuracy_all"]) == (1.0, 0.25)
    assert scores["entity"] == {"right": 1, "found": 1, "all": 2}


def test_texts_that_no_reference_knows_have_no_accuracy(gold: Path) -> None:
    assert evaluate_claimants(gold, lambda _: ([], []), {}) is None


def test_intervals_hold_their_scores(gold: Path) -> None:
    claims = [claim(cue, one) for cue, one in zip(CUES, RIGHT, strict=True)]
    scores = evaluate_claims(gold, lambda _: claims[:2])
    intervals = claim_intervals(tallies(gold, lambda _: claims[:2]))
    assert intervals["cue_f1"] == [scores["cue"]["f1"]] * 2  # one article: it is all that can be drawn
    assert intervals["quotation_accuracy"] == [scores["quotation_accuracy"]] * 2
    assert intervals["attribution_f1"] == [scores["attribution_f1"]] * 2
