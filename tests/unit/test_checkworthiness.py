"""Check-worthiness: what raises it and what lowers it."""

from __future__ import annotations

import pytest

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
    assert score(much) == 1.0
    little = "شكرا وتقديرا ونأمل أن يكون جميلا"
    assert 0.0 <= score(little) < score(PLAIN)
    assert score(little) == round(score(little), 3)
    assert check_worthiness([]) == check_worthiness(["شجرة"])


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
