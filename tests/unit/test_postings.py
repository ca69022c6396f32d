"""The index: what a dictionary of lists says, in blocks that are frozen, merged, capped and forgotten."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.duplicates import postings as module
from pipeline.duplicates.postings import MOST_OF_A_KEY, Block, Postings


def everything(postings: Postings, keys: list[int]) -> list[tuple[int, int]]:
    hits = postings.find(np.array(keys, np.uint32))
    found = list(zip(hits.places.tolist(), hits.numbers.tolist(), strict=True))
    found += [(place, number) for place, key in enumerate(keys) for number in postings.recent([key])]
    return sorted(found)


@given(
    inputs=st.lists(st.lists(st.integers(0, 40).map(lambda n: n * 104_729 % 2**32), unique=True), max_size=60),
    first=st.integers(0, 50),
    settle=st.integers(1, 9),
)
def test_it_answers_as_a_dictionary_does(inputs: list[list[int]], first: int, settle: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCKS", (4, 8, 16))
        postings, expected = Postings(), defaultdict[int, list[int]](list)
        for number, keys in enumerate(inputs, first):
            postings.add(number, np.array(keys, np.uint32))
            for key in keys:
                expected[key].append(number)
            if number % settle == 0:
                postings.settle()
            if number % 5 == 0:
                asked = [*expected, 12345]
                assert everything(postings, asked) == sorted(
                    (place, n) for place, key in enumerate(asked) for n in expected[key]
                )


def test_blocks_are_merged_and_forgotten() -> None:
    postings = Postings()
    for number in range(20_000):
        postings.add(number, np.array([number * 2_654_435_761 % 2**32, 7], np.uint32))
        if number % 500 == 0:
            postings.settle()
    sizes = [block.size for block in postings._blocks]
    assert sizes == [8192, 8192, 1024, 1024, 1024]
    before = postings.nbytes
    postings.forget(9000)
    assert postings._blocks[0].first == 8192
    assert postings.nbytes < before
    assert everything(postings, [8191 * 2_654_435_761 % 2**32]) == []
    assert everything(postings, [8192 * 2_654_435_761 % 2**32]) == [(0, 8192)]


def test_of_a_key_that_all_have_the_first_and_the_last_are_kept() -> None:
    keys = np.concatenate((np.full(1000, 7, np.uint32), np.arange(100, 140, dtype=np.uint32)))
    block = Block(0, 1024, keys, np.concatenate((np.arange(1000), np.arange(40))))
    places, numbers = block.find(np.array([7, 120], np.uint32))
    half = MOST_OF_A_KEY // 2
    assert numbers[places == 0].tolist() == [*range(half), *range(1000 - half, 1000)]
    assert numbers[places == 1].tolist() == [20]
    postings = Postings()
    postings._blocks = [block]
    assert postings.find(np.array([120, 7], np.uint32)).capped.tolist() == [1]


def test_a_block_gives_back_what_it_was_given() -> None:
    dice = random.Random(3)
    keys = np.array([dice.randrange(2**32) for _ in range(5000)], np.uint32)
    numbers = np.array([dice.randrange(8192, 16384) for _ in range(5000)])
    again, whose = Block(8192, 8192, keys, numbers).postings()
    assert sorted(zip(again.tolist(), whose.tolist(), strict=True)) == sorted(
        zip(keys.tolist(), numbers.tolist(), strict=True)
    )
