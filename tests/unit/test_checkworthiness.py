"""Check-worthiness: what raises it and what lowers it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.attribution.checkworthiness import check_worthiness, checkable
from pipeline.attribution.words import words

PLAIN = "المدينة هادئة منذئذ والشوارع خالية"


def score(text: str) -> float:
    return check_worthiness(forms(text))


def forms(text: str) -> list[str]:
    return [word.form for word in words(text) if word.is_word]


@pytest.mark.parametrize(
    "text",
    [
        "المدينة هادئة و12 شارعا خالية",
        "المدينة هادئة وقتل حارس",
        "المدينة هادئة والميناء مغلق في أكتوبر",
        "المدينة هادئة والشركة متورطة",
        "المدينة هادئة بسبب المطر",
        "المدينة أكبر مدن الساحل",
    ],
)
def test_raised(text: str) -> None:
    assert score(text) > score(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "المدينة جميلة والشوارع خالية",
        "المدينة تشكر سكانها مع التقدير",
        "المدينة ستكون هادئة والشوارع خالية",
    ],
)
def test_lowered(text: str) -> None:
    assert score(text) < score(PLAIN)


def test_bounds_and_rounding() -> None:
    much = "قتل 12 وأصيب 300 بسبب قصف في أكتوبر بنسبة أعلى من مليون دولار وفساد"
    assert 0.95 < score(much) <= 1.0
    little = "شكرا وتقديرا ونأمل أن يكون جميلا"
    assert 0.0 <= score(little) < score(PLAIN)
    assert score(little) == round(score(little), 3)
    assert 0.0 <= check_worthiness([]) <= check_worthiness(["شجرة"])
    assert check_worthiness(["مليون"] * 100_000) == 1.0


def test_the_outlets_own_voice_weighs_more() -> None:
    assert check_worthiness(forms(PLAIN), own_voice=True) > score(PLAIN)


def test_a_word_whose_own_letters_look_like_an_article() -> None:
    """«ألفي» holds no «في», «الله» no «له»; with an article the reason is still found."""
    assert score("المدينة في الوادي") == score("المدينة ذا الوادي")
    assert score("المدينة له هادئة") == score("المدينة ذا هادئة")
    assert score("المدينة هادئة بالملايين") > score("المدينة هادئة منذئذ")


def test_digits_of_addresses_are_no_figures() -> None:
    assert score("المدينة هادئة user77") < score("المدينة هادئة 77")


@given(st.lists(st.text(max_size=8), max_size=30), st.booleans())
def test_any_words_have_a_score(words: list[str], own_voice: bool) -> None:
    assert 0.0 <= check_worthiness(words, own_voice=own_voice) <= 1.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قتل 12 شخصا في حريق بمصنع شمال المدينة", True),
        ("ارتفعت الأسعار 5 بالمئة مقارنة بالشهر السابق", True),
        ("زار الوزير المستشفى والتقى الأطباء في المدينة", False),
        ("ستكون الأسعار أعلى بنسبة 5 بالمئة في الصيف", False),
        ("قتل 12 شخصا", False),
    ],
)
def test_checkable(text: str, expected: bool) -> None:
    assert checkable(forms(text)) is expected
