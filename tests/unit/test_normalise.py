"""Folding of spelling, for comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arabic.normalise import normalised
from pipeline.duplicates.fingerprints import signature


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("قَالَ الوَزِيرُ", "قال الوزير"),
        ("الــخبر", "الخبر"),
        ("أحمد وإبراهيم وآدم", "احمد وابراهيم وادم"),
        ("على مستشفى", "علي مستشفي"),
        ("«قال» إن: نعم!", "قال إن نعم"),
        ("ﻗﺎﻝ", "قال"),
        ("عام ٢٠٢٦", "عام 2026"),
        ("قال\u200f الوزير\u200c", "قال  الوزير"),
        ("سطر\r\nسطر", "سطر سطر"),
    ],
)
def test_spellings_of_one_text_are_one(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)
    assert signature(one) == signature(other)


@pytest.mark.parametrize(("one", "other"), [("قال", "قيل"), ("5 قتلى", "6 قتلى"), ("مدرسه", "مدرستي")])
def test_other_texts_stay_others(one: str, other: str) -> None:
    assert signature(one) != signature(other)


def test_texts_without_words_are_told_apart() -> None:
    assert signature("!!!") != signature("؟؟؟")


@given(st.text())
def test_idempotent(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
