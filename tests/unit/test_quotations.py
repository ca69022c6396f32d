"""Quotations: which marks pair, nested ones, and those that nobody closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arabic.quotations import quotations

CASES: dict[str, tuple[str, list[tuple[str, bool]]]] = {
    "guillemets": ("قال «نعم» وخرج", [("نعم", True)]),
    "straight": ('قال "نعم" وخرج', [("نعم", True)]),
    "curly": ("قال “نعم” وخرج", [("نعم", True)]),
    "single": ("قال ‘نعم’ وخرج", [("نعم", True)]),
    "turned around": ("قال »نعم« وخرج", [("نعم", True)]),
    "two in a row": ('"نعم" و"لا"', [("نعم", True), ("لا", True)]),
    "nested, same marks": (
        "«قال «نعم» ثم خرج»",
        [("قال «نعم» ثم خرج", True), ("نعم", True)],
    ),
    "nested, other marks": (
        '«قال "نعم" ثم خرج»',
        [('قال "نعم" ثم خرج', True), ("نعم", True)],
    ),
    "never closed: to the paragraph's end": (
        "قال «نعم ثم خرج.  \nوعاد «غدا»",
        [("نعم ثم خرج.", False), ("غدا", True)],
    ),
    "inner one never closed: ends with the outer": (
        '«قال "نعم ثم خرج» وعاد',
        [('قال "نعم ثم خرج', True), ("نعم ثم خرج", False)],
    ),
    "closing mark that nothing opened": ("نعم» وخرج", []),
    "apostrophe": ("كتاب O’Neill و L‘art", []),
    "a mark at the very end": ("قال «", []),
    "empty text": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_quotations(text: str, expected: list[tuple[str, bool]]) -> None:
    found = [(text[one.inner_start : one.inner_end], one.closed) for one in quotations(text)]
    assert found == expected


@given(st.text(alphabet='«»"“”„‘’\n ابج.', max_size=60))
def test_ranges_are_inside_the_text_and_do_not_cross(text: str) -> None:
    found = quotations(text)
    for one in found:
        assert 0 <= one.start < one.inner_start <= one.inner_end <= one.end <= len(text)
        assert "\n" not in text[one.start : one.end]
    for one in found:
        for other in found:
            if one.start < other.start < one.end:
                assert other.end <= one.end


def test_half_a_million_opening_marks_are_bounded_work() -> None:
    assert len(quotations("« " * 250_000)) <= 250_000
    assert quotations('"' * 500_000 + "\n" * 1000) is not None
