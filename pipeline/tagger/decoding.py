"""From probabilities of labels to mentions with exact borders."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.tagger.calibration import UNCALIBRATED, Calibration
from pipeline.tagger.clitics import CLITICS, FREE, PARTICLES, Clitics
from pipeline.tagger.labels import LABELS, TYPES
from pipeline.tagger.mentions import Mention
from pipeline.tagger.spelling import is_invisible

_PARTNERS = {"«": "»", "“": "”", "‘": "’", "„": "“", "‹": "›", "(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
_OPENERS = {close: open_ for open_, close in _PARTNERS.items()}
_TATWEEL = "ـ"
_LONGEST_PARTICLE = 24  # signs, diacritics included
# What no path may do: begin with, or go over to, the inside of a type that the label before is not of.
_INSIDE = [label for label in range(1, len(LABELS)) if label % 2 == 0]
_FORBIDDEN = np.zeros((len(LABELS), len(LABELS)), dtype=np.float64)
for _label in _INSIDE:
    _FORBIDDEN[[before for before in range(len(LABELS)) if before not in (_label, _label - 1)], _label] = -np.inf


def best_labels(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """The likeliest sequence of labels, for probabilities (pieces, labels), that is well-formed BIO (Viterbi)."""
    chosen: NDArray[np.int64] = probabilities.argmax(axis=1)
    before = np.concatenate([[0], chosen[:-1]])
    if np.isfinite(_FORBIDDEN[before, chosen]).all():
        return chosen  # the best choice piece by piece is allowed, hence the best of all
    logs = np.log(np.maximum(probabilities, np.float32(1e-12)).astype(np.float64))
    score = logs[0] + _FORBIDDEN[0]
    origins = np.zeros(probabilities.shape, dtype=np.int64)
    for place in range(1, len(logs)):
        paths = score[:, None] + _FORBIDDEN
        origins[place] = paths.argmax(axis=0)
        score = paths.max(axis=0) + logs[place]
    chosen[-1] = score.argmax()
    for place in range(len(logs) - 1, 0, -1):
        chosen[place - 1] = origins[place, chosen[place]]
    return chosen


class Decoder:
    """Reads mentions off a sentence's probabilities; `calibration` says what their scores mean."""

    def __init__(self, clitics: Clitics, calibration: Calibration = UNCALIBRATED) -> None:
        self._clitics, self._calibration = clitics, calibration

    def mentions(
        self, text: str, offsets: Sequence[tuple[int, int]], probabilities: NDArray[np.float32]
    ) -> Iterator[Mention]:
        """The mentions of a sentence, in order, without overlap.

        `offsets` are where its pieces stand in `text`, `probabilities` has the shape (pieces, labels).
        """
        if not offsets:
            return
        free = 0  # where the text not yet taken begins
        labels = best_labels(probabilities)
        for first, last in _runs(labels):
            kept = [place for place in range(first, last) if offsets[place][0] < offsets[place][1]]
            if not kept:
                continue
            start = self._start(text, offsets[kept[0]])
            end = word_end(text, offsets[kept[-1]][1])
            start, end = trimmed(text, max(start, free), end)
            end = without_particles(text, start, closed(text, start, end))
            if start >= end or not any(sign.isalnum() for sign in text[start:end]):
                continue
            kind = TYPES[(int(labels[first]) - 1) // 2]
            score = self._calibration.score(kind, certainty(probabilities, labels, first, last))
            yield Mention(start, end, kind, round(score, 4))
            free = end

    def _start(self, text: str, piece: tuple[int, int]) -> int:
        """Where the name begins whose first piece is this one: at its word, or after its word's clitics."""
        word = word_begin(text, piece[0])
        if word < piece[0] and folded(text[word : piece[0]])[0] in CLITICS:
            return piece[0]  # the labels cut the clitic off
        if word_before(text, word) in FREE:
            return word
        letters, places = folded(text[word : word_end(text, piece[1])])
        shown, _ = folded(text[word : piece[1]])
        if word == piece[0] and shown in CLITICS:
            return word  # the labels had the choice, and took it in
        length = self._clitics.length(letters)
        if not length or length >= len(letters) or places[length] == places[length - 1]:
            return word  # no clitic, or one that a ligature holds together with the name
        return word + places[length]


def certainty(probabilities: NDArray[np.float32], labels: NDArray[np.int64], first: int, last: int) -> float:
    """How sure the model is of an entity of the pieces from `first` to `last`: 0 to 1, never 0.

    The geometric mean of the probabilities of its labels and of its ending there. Of twelve such measures it
    tells right from wrong best on held-out news: area under the curve 0.865, of the plain mean 0.855.
    """
    own = probabilities[range(first, last), labels[first:last]].astype(np.float64)
    ending = 1.0 - float(probabilities[last, labels[first] + 1]) if last < len(labels) else 1.0
    logs = np.log(np.maximum([*own, ending], 1e-9))
    return max(float(np.exp(logs.mean())), 1e-4)


def _runs(labels: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """(first, last) of each entity in well-formed labels, half-open."""
    start = -1
    for place, label in enumerate([*labels.tolist(), 0]):
        if start >= 0 and (label == 0 or label % 2 == 1):
            yield start, place
            start = -1
        if label % 2 == 1:
            start = place


def in_word(sign: str) -> bool:
    """Whether a sign is part of words: letters, digits, diacritics, tatweel."""
    return sign.isalnum() or sign == _TATWEEL or unicodedata.category(sign) == "Mn"


def word_begin(text: str, at: int) -> int:
    """The first letter of the word that `at` is in."""
    while at > 0 and at < len(text) and in_word(text[at]) and in_word(text[at - 1]):
        at -= 1
    return at


def word_end(text: str, at: int) -> int:
    """The end of the word whose signs before `at` are taken already."""
    while 0 < at < len(text) and in_word(text[at - 1]) and in_word(text[at]):
        at += 1
    return at


def word_before(text: str, at: int) -> str:
    """The word in front of the one that begins at `at`, folded; empty where a sign stands between them."""
    words = text[max(0, at - _LONGEST_PARTICLE) : at].split(" ")
    return folded(words[-2])[0] if len(words) > 1 and not words[-1] else ""


def without_particles(text: str, start: int, end: int) -> int:
    """The span's end without particles that belong to what follows («وزارة الصحة الفلسطينية في»)."""
    while True:
        head, space, last = text[start:end].rpartition(" ")
        if not space or folded(last)[0] not in PARTICLES:
            return end
        end = trimmed(text, start, start + len(head))[1]


def folded(word: str) -> tuple[str, list[int]]:
    """The word as the tokenizer folds it, and for each of its letters where it stands in `word`."""
    letters: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(word):
        for letter in unicodedata.normalize("NFKC", sign):
            if not is_invisible(letter):
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the space, punctuation, tatweel and invisible signs at the edges.

    Quotes and brackets stay where they belong to a part of the name only («قناة "العهد"»), and go where they stand
    around all of it or have no partner in it.
    """
    while start < end:
        first, last = text[start], text[end - 1]
        if _PARTNERS.get(first) == last and end - start > 1:
            start, end = start + 1, end - 1
        elif _idle(first) or (first in _PARTNERS and _PARTNERS[first] not in text[start + 1 : end]):
            start += 1
        elif _idle(last) or (last in _OPENERS and _OPENERS[last] not in text[start : end - 1]):
            end -= 1
        elif first in _OPENERS and first not in _PARTNERS:
            start += 1
        elif last in _PARTNERS and last not in _OPENERS:
            end -= 1
        else:
            break
    return start, end


def closed(text: str, start: int, end: int) -> int:
    """The span's end, moved over a quote or bracket that closes what the span opens («قناة "العهد» lacks one)."""
    if start < end < len(text) and text[end] in _OPENERS:
        span, opener, closer = text[start:end], _OPENERS[text[end]], text[end]
        still_open = span.count(opener) % 2 if opener == closer else span.count(opener) - span.count(closer)
        if still_open > 0:
            return end + 1
    return end


def _idle(sign: str) -> bool:
    """Whether a sign at an edge is never part of a name; a plus sign may be («أوبك+»)."""
    if sign in _PARTNERS or sign in _OPENERS or sign == "+":
        return False
    return sign.isspace() or sign == _TATWEEL or unicodedata.category(sign)[0] in "PSCZ"
