"""From a sentence to its words, each with the model's probabilities of its labels.

Most such models were trained on the first piece of each word, whatever the pieces after it were labelled with; so
a word is what its first piece is. Each row of the model is computed alone and unpadded: what a sentence gets can
depend on nothing else in the batch, whatever kernels PyTorch chooses by shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Stop
from pipeline.tagger.decoding import folded, in_word
from pipeline.tagger.huggingface.loading import Loaded
from pipeline.tagger.pieces import word_start

# Pieces of a row, special ones included: more than any sentence needs, and attention grows with its square.
LONGEST = 512
# A model that sees less than this at a time has no context to speak of.
_SHORTEST = 8


class Classifier:
    """`threads` 0 takes as many as there are cores.

    Raises:
        Stop: the model takes too few pieces at a time.
    """

    def __init__(self, loaded: Loaded, threads: int = 0) -> None:
        import torch

        if threads:
            torch.set_num_threads(threads)
        self._torch: Any = torch
        self._model, self._tokenizer = loaded.model, loaded.tokenizer
        self._before, self._after = _special(loaded.tokenizer)
        self._window = _room(loaded) - len(self._before) - len(self._after)
        if self._window < _SHORTEST:
            raise Stop(f"the entity model reads only {self._window} pieces at a time; {_SHORTEST} are the least")

    def words(self, sentence: str) -> tuple[list[tuple[int, int]], NDArray[np.float32]]:
        """Where the sentence's words stand, and probabilities of the shape (words, the model's labels)."""
        letters, places = folded(sentence)
        encoded = self._tokenizer(letters, add_special_tokens=False, verbose=False).encodings[0]
        firsts, ends = _words(letters, encoded.offsets, encoded.word_ids)
        offsets = [
            (places[word_start(letters, *encoded.offsets[first])], places[end - 1] + 1)
            for first, end in zip(firsts, ends, strict=True)
        ]
        return offsets, self._probabilities(encoded.ids)[firsts]

    def _probabilities(self, ids: list[int]) -> NDArray[np.float32]:
        found = np.empty((len(ids), self._model.config.num_labels), dtype=np.float32)
        for start, end, first, last in strides(len(ids), self._window):
            row = self._torch.tensor([[*self._before, *ids[start:end], *self._after]])
            with self._torch.inference_mode():
                logits = self._model(input_ids=row, attention_mask=self._torch.ones_like(row)).logits[0]
            shares = self._torch.softmax(logits.float(), dim=-1).numpy()
            at = len(self._before) - start
            found[first:last] = shares[first + at : last + at]
        return found


def strides(length: int, window: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, first, last) of the rows of `length` pieces: they show `start` to `end`, of which
    `first` to `last` is read.

    Together they read each piece once, and none with less than an eighth of the window beyond it, where the
    sentence goes on so far.
    """
    margin = window // 8
    start = first = 0
    while length - start > window:
        last = start + window - margin
        yield start, start + window, first, last
        start, first = last - margin, last
    if length:
        yield start, length, first, length


def _words(letters: str, offsets: list[tuple[int, int]], numbers: list[int | None]) -> tuple[list[int], list[int]]:
    """The first piece of each word, and where the word ends in `letters`.

    A word ends where the tokenizer says so, at space, and between letters and signs: «قال» in «"قال» is a word,
    for tokenizers that know of space alone, too.
    """
    firsts: list[int] = []
    ends: list[int] = []
    number: int | None = None
    for piece, (start, end) in enumerate(offsets):
        begin = word_start(letters, start, end)
        if begin >= end:
            continue  # holds nothing, or space alone
        same = ends and number == numbers[piece] and begin == ends[-1]
        if same and in_word(letters[begin]) == in_word(letters[begin - 1]):
            ends[-1] = end
        else:
            firsts.append(piece)
            ends.append(end)
        number = numbers[piece]
    return firsts, ends


def _special(tokenizer: Any) -> tuple[list[int], list[int]]:
    """The ids of the pieces that the tokenizer puts before and after a text."""
    bare = tokenizer("ا", add_special_tokens=False)["input_ids"]
    whole = tokenizer("ا")["input_ids"]
    for at in range(len(whole) - len(bare) + 1):
        if bare and whole[at : at + len(bare)] == bare:
            return whole[:at], whole[at + len(bare) :]
    return [], []


def _room(loaded: Loaded) -> int:
    """How many pieces the model takes at a time. RoBERTa and its kin count two positions more than they take."""
    places = getattr(loaded.model.config, "max_position_embeddings", None) or 0
    limits = (LONGEST, loaded.tokenizer.model_max_length, places - 2 if places > 0 else LONGEST)
    return int(min(limits))
