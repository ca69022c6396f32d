"""What is kept of a text: the quick way folds as the slow one, and the hashes count shingles as sets do."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.arabic import normalise
from pipeline.arabic.normalise import normalised
from pipeline.duplicates.fingerprints import MOST_HASHES, comparable, shingle_hashes, signature, word_hashes
from pipeline.duplicates.rule import Match, Rule

SIGNS = "أإآٱاىیيکكـةه٠۹ ًٌٍَُِّْٰ ٕٓٔؤئء،؛؟«»…–.,! \n\t\u00a0\u200c\u200d\u200f\ufeffﷲﻗﺎ9aAßéİ😀𝒜\u0300ｱ"


@settings(max_examples=500)
@given(text=st.text(alphabet=SIGNS, max_size=40) | st.text(max_size=20))
def test_the_quick_way_folds_as_the_slow_one(text: str) -> None:
    assert normalised(text) == normalise._by_the_book(text)


def test_most_texts_go_the_quick_way() -> None:
    text = "قال «الوزير» إنّ الحكومةَ — كما أعلنت في ٢٠٢٦/١/٢ — ستبدأ المشروع (رقم 7) اليوم…\n\nNATO"
    assert (normalise._table()[[ord(sign) for sign in text]] != 0xFFFFFFFF).all()


@given(words=st.lists(st.sampled_from(["من", "إلى", "في", "بغداد", "a", "b" * 300]), max_size=40))
def test_there_are_as_many_hashes_as_different_shingles(words: list[str]) -> None:
    found = signature(" ".join(words))
    folded = comparable(" ".join(words)).split()
    shingles = {tuple(folded[n : n + 3]) for n in range(max(1, len(folded) - 2))} if folded else set()
    assert (found.words, found.shingles) == (len(words), len(shingles))
    array = found.array()
    assert array.size == len(shingles)
    assert (array[1:] > array[:-1]).all()


@given(
    first=st.lists(st.sampled_from("ابجد"), min_size=1, max_size=30),
    second=st.lists(st.sampled_from("ابجد"), max_size=9),
)
def test_a_word_has_the_same_hash_wherever_it_stands(first: list[str], second: list[str]) -> None:
    word = "".join(first)
    text = " ".join(["مقدمة", *second, word])
    assert word_hashes(text)[-1] == word_hashes(word)[0]


def test_order_counts_within_a_shingle_and_letters_within_a_word() -> None:
    words = word_hashes("قرد درق ردق")
    assert len(set(words.tolist())) == 3
    assert shingle_hashes(words) != shingle_hashes(words[::-1])


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("المَدرسة الكُبرى", "المدرسه الكبري", True),
        ("أحمد", "احمد", True),
        ("قـــال", "قال", True),
        ("مؤتمر", "موتمر", False),
        ("قال ذلك", "قالذلك", False),
    ],
)
def test_what_is_folded(one: str, other: str, *, equal: bool) -> None:
    assert (signature(one).fingerprint == signature(other).fingerprint) == equal


def test_very_long_texts_are_compared_by_a_sample() -> None:
    dice = random.Random(1)
    words = [f"w{dice.randrange(10**6)}" for _ in range(20_000)]
    whole, half = signature(" ".join(words)), signature(" ".join(words[:10_000]))
    assert (whole.shingles, len(whole.hashes)) == (19_998, 4 * MOST_HASHES)
    near = signature(" ".join(words[2000:]))
    (match, contained, none) = Rule().matches(
        near.array(), near.words, [whole.array(), half.array(), signature(" ".join(words[:1500])).array()],
        [20_000, 10_000, 1500],
    )  # fmt: skip
    assert match
    assert match.kind == "near"
    assert match.similarity == pytest.approx(0.9, abs=0.03)
    assert contained is None
    assert none is None
    (extends,) = Rule().matches(whole.array(), whole.words, [signature(" ".join(words[:3000])).array()], [3000])
    assert extends == Match("extends", 1.0)


def test_a_sample_of_a_few_shingles_proves_nothing() -> None:
    dice = random.Random(2)
    words = [f"w{dice.randrange(10**6)}" for _ in range(60_000)]
    long, short = signature(" ".join(words)), signature(" ".join(words[500:540]))
    assert Rule().matches(short.array(), short.words, [long.array()], [60_000]) == [None]
    assert np.intersect1d(short.array(), long.array()).size > 0
