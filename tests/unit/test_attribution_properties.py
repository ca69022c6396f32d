"""Properties of the claims of any text: exact spans, order, ids, and bounded work."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.attribution import claims
from pipeline.attribution.words import words
from pipeline.records import Claim, Entity, Span

MARKS = '« » " “ ” ‘ ’ : ، ؛ . .. … ؟ - – ( ) \n \r\n'
CUES = (
    "قال وقال أكـــد أكَّدَ مؤكداً نفى وجود بحسب وفقا لبيان نقلت عن اتهم بعدم طالب ببناء دعا إلى يذكر هدد "
    "إن أن بأن أنه لكن بينما في حين قائلا حد قول فإن الذي أما فقد"
)
OTHERS = "وزير الوزير المياه 12 21,4 ٣٤٫٥ قتل می\u200cرود 🙂 👩\u200d🚀 ﻗﺎﻝ \u200f \u200c ـــ د. a@b.c «نعم»"
PIECES = [*MARKS.split(" "), *CUES.split(" "), *OTHERS.split(" ")]
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", "", "  ", "\t", "\u00a0"]))).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)


def spans(claim: Claim) -> list[Span]:
    return [span for span in (claim.source, claim.cue, claim.content) if span is not None]


def check(text: str, found: list[Claim]) -> None:
    for claim in found:
        for span in spans(claim):
            assert text[span.start : span.end] == span.text
            assert span.text
            assert span.text == span.text.strip()
        assert 0.0 <= claim.check_worthiness <= 1.0
        assert claim.content is not None
        assert (claim.cue is None) == (claim.quotation is None)
    places = [(claim.cue or claim.content).start for claim in found if claim.content]
    assert places == sorted(places)
    assert [claim.id for claim in found] == [f"c{number}" for number in range(1, len(found) + 1)]


@given(TEXTS)
@settings(max_examples=400)
def test_spans_are_exact(text: str) -> None:
    check(text, claims(text, []))


@given(TEXTS, st.data())
def test_spans_are_exact_with_entities(text: str, data: st.DataObject) -> None:
    entities = []
    for number, word in enumerate(word for word in words(text) if word.is_word):
        if data.draw(st.booleans()):
            kind = data.draw(st.sampled_from(["PER", "ORG", "LOC", "MISC"]))
            name = text[word.start : word.end]
            entities.append(
                Entity(
                    id=f"e{number}",
                    type=kind,
                    text=name,
                    start=word.start,
                    end=word.end,
                    score=0.5,
                    canonical=name,
                )
            )
    check(text, claims(text, entities))


@given(st.text(max_size=80))
def test_any_text_at_all(text: str) -> None:
    check(text, claims(text, []))


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "piece",
    ["«", "«قال ", "قال إن ", "قال: «", "بحسب ", "، وقال إن ", "طالب بعدم "],
)
def test_half_a_megabyte_of_one_thing_is_bounded_work(piece: str) -> None:
    text = (piece * (500_000 // len(piece) + 1))[:500_000]
    found = claims(text, [])
    held = sum(len(span.text) for claim in found for span in spans(claim))
    assert held <= 6 * len(text)
