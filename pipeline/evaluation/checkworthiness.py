"""Does check-worthiness rank what people would have checked above the rest? Average precision, beside baselines.

Read are the tables of the CheckThat! labs (tab-separated, no quoting): tweets with a head line that names
`tweet_text` and `class_label` or `claim_worthiness`, or debates without one (line, speaker, sentence, 0 or 1); and
JSON Lines of {"text", "check_worthy"}.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import orjson
from numpy.typing import NDArray

from pipeline.attribution.checkworthiness import check_worthiness
from pipeline.attribution.words import words
from pipeline.errors import KhabarError
from pipeline.evaluation.columns import lines_of
from pipeline.evaluation.resampling import interval

_LABELS = {"1": True, "Yes": True, "0": False, "No": False}
_TEXT, _CLASSES = "tweet_text", ("class_label", "claim_worthiness")
_DEBATE = ["line", "speaker", _TEXT, "class_label"]
_NUMBER = re.compile(r"\d+")
_SHUFFLES = 100  # the random baseline is their mean

Scores = NDArray[np.float64]
Truth = NDArray[np.bool_]


class _Line(msgspec.Struct, frozen=True):
    text: str
    check_worthy: bool


def khabar(text: str) -> float:
    """What the claims stage would say of the text."""
    return check_worthiness([word.form for word in words(text) if word.is_word])


# What a ranking has to beat: each takes a text and no understanding.
BASELINES: dict[str, Callable[[str], float]] = {
    "words": lambda text: len(text.split()),
    "characters": len,
    "longest_word": lambda text: max(map(len, text.split()), default=0),
    "digits": lambda text: sum(letter.isdigit() for letter in text),
    "numbers": lambda text: len(_NUMBER.findall(text)),
    "has_number": lambda text: bool(_NUMBER.search(text)),
}


def evaluate_checkworthiness(paths: Sequence[Path], score: Callable[[str], float] = khabar) -> dict[str, Any]:
    """Rank the texts of all the files together, as one set, by `score`.

    Returns:
        texts, check_worthy: how many there are, and how many of them people would have checked.
        average_precision, interval: of the ranking, 0 to 1 (texts of one score share their rank), and its 95 %
        bootstrap interval over texts.
        baselines: for each of `words`, `characters`, `longest_word`, `digits`, `numbers`, `has_number`, `order`
        (as in the file) and `random` (the mean of 100 shuffles): its average_precision; `ahead`, what the ranking
        has more; and the interval of that, on the same draws. 4 decimals.

    Raises:
        KhabarError: a file is unreadable, empty or malformed, or no text, or every text, is check-worthy.
    """
    read = [one for path in paths for one in _read(path)]
    texts, truth = [text for text, _ in read], np.array([label for _, label in read])
    if not truth.any() or truth.all():
        raise KhabarError(f"{', '.join(map(str, paths))}: all texts have one label: there is nothing to rank")
    found = np.array([score(text) for text in texts], dtype=np.float64)
    rankings: dict[str, Scores] = {
        name: np.array([baseline(text) for text in texts], dtype=np.float64)
        for name, baseline in BASELINES.items()
    }
    rankings["order"] = -np.arange(len(texts), dtype=np.float64)
    return {
        "texts": len(texts),
        "check_worthy": int(truth.sum()),
        "average_precision": round(average_precision(truth, found), 4),
        "interval": interval(len(texts), lambda picks: average_precision(truth[picks], found[picks])),
        "baselines": {
            **{name: _beside(truth, found, [ranking]) for name, ranking in rankings.items()},
            "random": _beside(truth, found, _shuffles(len(texts))),
        },
    }


def average_precision(truth: Truth, scores: Scores) -> float:
    """The precision at each score that occurs, weighed by the recall that it adds; 0 where nothing is true."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    right = np.cumsum(truth[order])[last]
    if not len(ranked) or not right[-1]:
        return 0.0
    return float(np.sum(np.diff(right, prepend=0) * right / (last + 1)) / right[-1])


def _shuffles(texts: int) -> list[Scores]:
    drawn = np.random.default_rng(0)
    return [drawn.permutation(texts).astype(np.float64) for _ in range(_SHUFFLES)]


def _beside(truth: Truth, found: Scores, rankings: list[Scores]) -> dict[str, Any]:
    """One baseline; of several rankings the mean, and for the interval the first few of them."""
    mean = float(np.mean([average_precision(truth, ranking) for ranking in rankings]))
    few = rankings[:5]

    def ahead(picks: NDArray[np.intp]) -> float:
        theirs = [average_precision(truth[picks], ranking[picks]) for ranking in few]
        return average_precision(truth[picks], found[picks]) - float(np.mean(theirs))

    return {
        "average_precision": round(mean, 4),
        "ahead": round(average_precision(truth, found) - mean, 4),
        "interval": interval(len(truth), ahead),
    }


def _read(path: Path) -> list[tuple[str, bool]]:
    lines = [(number, line) for number, line in enumerate(lines_of(path), 1) if line.strip()]
    if not lines:
        raise KhabarError(f"{path} is empty")
    if lines[0][1].lstrip().startswith("{"):
        return [_json(path, number, line) for number, line in lines]
    head = lines[0][1].split("\t")
    if _TEXT not in head:
        return [_row(path, number, line, _DEBATE, "class_label") for number, line in lines]
    label = next((name for name in _CLASSES if name in head), None)
    if label is None:
        raise KhabarError(f"{path}: no column is called {' or '.join(_CLASSES)}")
    return [_row(path, number, line, head, label) for number, line in lines[1:]]


def _json(path: Path, number: int, line: str) -> tuple[str, bool]:
    try:
        read = msgspec.convert(orjson.loads(line), _Line)
    except (orjson.JSONDecodeError, msgspec.ValidationError) as error:
        raise KhabarError(f"{path}, line {number}: {error}") from None
    return read.text, read.check_worthy


def _row(path: Path, number: int, line: str, head: Sequence[str], label: str) -> tuple[str, bool]:
    cells = line.split("\t")
    if len(cells) != len(head):
        raise KhabarError(f"{path}, line {number}: {len(cells)} columns, not {len(head)}")
    row = dict(zip(head, cells, strict=True))
    if row[label] not in _LABELS:
        raise KhabarError(f"{path}, line {number}: the label «{row[label]}» is none of {', '.join(_LABELS)}")
    return row[_TEXT], _LABELS[row[label]]
