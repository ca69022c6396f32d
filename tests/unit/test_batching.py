"""Batching: every piece is read once, with context, and a row's shape follows from the row alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tagger.batching import HEIGHTS, OVERLAP, WIDTHS, WINDOW, batches, passages, windows

LENGTHS = st.one_of(st.integers(0, WINDOW), st.integers(WINDOW - 2, 5 * WINDOW))


@given(LENGTHS)
def test_each_piece_is_read_from_one_window(length: int) -> None:
    rows = list(windows(3, length))
    assert [at for row in rows for at in range(row.first, row.last)] == list(range(length))
    for row in rows:
        assert 0 < row.end - row.start <= WINDOW
        assert row.start <= row.first < row.last <= row.end
        assert row.passage == 3


@given(st.integers(WINDOW + 1, 5 * WINDOW))
def test_pieces_at_a_border_have_context(length: int) -> None:
    """No name is cut: at a border inside a sentence, half of the overlap is seen beyond what is read."""
    for row in windows(0, length):
        assert row.start == 0 or row.first - row.start >= OVERLAP // 2
        assert row.end == length or row.end - row.last >= OVERLAP // 2


@given(st.lists(LENGTHS, max_size=60))
def test_batches_hold_each_window_once(lengths: list[int]) -> None:
    packed = list(batches(lengths))
    expected = [row for passage, length in enumerate(lengths) for row in windows(passage, length)]
    assert sorted((row for rows in packed for row in rows), key=lambda row: (row.passage, row.start)) == expected
    for rows in packed:
        assert len(rows) in HEIGHTS
        assert len({row.width for row in rows}) == 1


@given(st.lists(st.integers(0, WINDOW + 50), max_size=60))
def test_passages_are_few_and_hold_each_sentence_once(lengths: list[int]) -> None:
    runs = list(passages(lengths))
    assert [place for first, last in runs for place in range(first, last)] == list(range(len(lengths)))
    for first, last in runs:
        assert sum(lengths[first:last]) <= WINDOW or last == first + 1
    fewest, held = 0, WINDOW + 1
    for length in lengths:  # greedily, which is best
        if not fewest or held + length > WINDOW:
            fewest, held = fewest + 1, 0
        held += length
    assert len(runs) == fewest


def test_passages_are_of_like_size() -> None:
    assert list(passages([60] * 4)) == [(0, 2), (2, 4)]
    assert list(passages([])) == []


@given(st.integers(1, WINDOW))
def test_width_is_the_narrowest_with_room(length: int) -> None:
    (row,) = windows(0, length)
    assert row.width == min(width for width in WIDTHS if width >= length + 2)


def test_no_width_is_32() -> None:
    """In bf16, OpenVINO loses the mask of rows that are padded to exactly 32."""
    assert 32 not in WIDTHS
