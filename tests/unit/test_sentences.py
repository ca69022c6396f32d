"""Sentences: where they end, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arabic.sentences import split


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وصل الوفد. غادر الوفد!", ["وصل الوفد.", "غادر الوفد!"]),
        ("من قال؟ لا أحد؛ انتهى", ["من قال؟", "لا أحد؛", "انتهى"]),
        ("بلغ السعر 3.5 دولار. ثم ارتفع", ["بلغ السعر 3.5 دولار.", "ثم ارتفع"]),
        ("قال د. محمد العلي. ثم خرج", ["قال د. محمد العلي.", "ثم خرج"]),
        ("نقلت أ. ف. ب. الخبر", ["نقلت أ. ف. ب. الخبر"]),
        ("موقع العربية.نت قال ذلك", ["موقع العربية.نت قال ذلك"]),
        ("قال: «انتهى الأمر.» ثم خرج", ["قال: «انتهى الأمر.»", "ثم خرج"]),
        ("انتظر... ثم قال", ["انتظر... ثم قال"]),
        ("انتظر…\nثم قال", ["انتظر…", "ثم قال"]),
        ("1. الأول\r\n2. الثاني", ["1. الأول", "2. الثاني"]),
        ("عام 2020. ثم جاء", ["عام 2020.", "ثم جاء"]),
        ("سطر\u2028سطر\u2029سطر\u0085سطر", ["سطر"] * 4),
        ("حقاً؟! نعم.", ["حقاً؟!", "نعم."]),
        ("الحاصل د.", ["الحاصل د."]),
        ("", []),
        (" \n\t\u00a0", []),
    ],
)
def test_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from('اب د.!؟؛…"»«() \n\r\u2028\u00a03ـ\u200f')))
def test_every_visible_sign_is_in_one_sentence(text: str) -> None:
    ranges = split(text)
    covered = [at for start, end in ranges for at in range(start, end)]
    assert len(covered) == len(set(covered))
    assert ranges == sorted(ranges)
    assert all(text[at].isspace() for at in set(range(len(text))) - set(covered))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in ranges)


@pytest.mark.parametrize("text", ["ا" * 500_000 + ". ب", "د. " * 170_000, ". " * 250_000, "." * 500_000])
def test_long_lines_take_linear_time(text: str) -> None:
    """Quadratic work on half a million signs would take hours: the test would hit its limit."""
    assert split(text)
