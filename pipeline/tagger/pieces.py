"""Pieces: what the tokenizer cuts a sentence into, with where each stands in the text."""

from __future__ import annotations

from dataclasses import dataclass

# The names that transformers gives to the special pieces.
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


@dataclass(frozen=True, slots=True)
class Pieces:
    """A sentence in pieces: their ids in the vocabulary, and (start, end) of each in code points of the text.

    A piece may hold nothing (start == end): the tokenizer may mark a word's beginning by a piece of its own.
    """

    ids: list[int]
    offsets: list[tuple[int, int]]


def word_start(text: str, start: int, end: int) -> int:
    """Where a piece's own signs begin: the tokenizer counts the space before a word to its first piece."""
    while start < end and text[start].isspace():
        start += 1
    return start
