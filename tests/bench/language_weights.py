"""Fit the weights of pipeline/languages/evidence.toml again: python tests/bench/language_weights.py TUNE.jsonl

TUNE.jsonl is the "tune" half that `pipeline.evaluation.lid_corpora.write_lid_corpora` writes. Logistic regression
by Newton's method, with the weights in HELD fixed as they stand in the file.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from pipeline.evaluation.language import read_examples
from pipeline.languages.cleaning import is_arabic_script, words_of
from pipeline.languages.detector import is_arabic
from pipeline.languages.evidence import evidence, sign_of
from pipeline.languages.model import guesses
from pipeline.languages.runs import DOUBT

HELD = ("foreign", "borrowed", "teh_marbuta", "foreign_word", "arabic_word")
RUNS_A_LANGUAGE = 5000
# The languages of the acceptance, and the two that are hardest to tell from Arabic when short, count for more.
IMPORTANCE = defaultdict(lambda: 0.7, {"fa": 4.0, "sd": 4.0, "ps": 3.0, "ur": 2.0, "ckb": 1.0, "ug": 1.0})
IMPORTANCE_OF_ARABIC = {"ar": 0.7, "arz": 0.3}
PERSIAN_KEYBOARD = str.maketrans("يكى", "یکی")
ARABIC_KEYBOARD = str.maketrans("یک", "يك")
NO_HAMZA = str.maketrans("أإآ", "ااا")
BORROWED = str.maketrans("بجفغ", "پچڤگ")


def run_of(text: str, chance: random.Random) -> list[str]:
    """2 to 20 consecutive words of Arabic script from anywhere in the text; none if it has fewer."""
    words = [word for word in words_of(text) if is_arabic_script(word)]
    if len(words) < 2:
        return []
    size = chance.choice((2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 12, 16, 20, 20))
    start = chance.randrange(max(1, len(words) - size + 1))
    return words[start : start + size]


def disguised(words: list[str], arabic: bool, chance: random.Random) -> list[str]:
    """The words as another keyboard, a hasty writer, or an item full of foreign names would have them."""
    luck = chance.random()
    if not arabic:
        return [word.translate(ARABIC_KEYBOARD) for word in words] if luck < 0.1 else words
    if luck < 0.1:
        return [word.translate(PERSIAN_KEYBOARD) for word in words]
    if luck < 0.2:
        return [word.translate(NO_HAMZA) for word in words]
    if luck < 0.3:
        return [word.translate(BORROWED) if chance.random() < 0.25 else word for word in words]
    return words


def features(words: list[str]) -> Counter[str]:
    """What `pipeline.languages.runs.weigh` multiplies with the weights."""
    found = Counter[str]()
    for word in words:
        found.update(sign_of(word).marks)
    likely = sum(score for code, score in guesses(" ".join(words)).items() if is_arabic(code))
    likely = min(max(likely, DOUBT), 1 - DOUBT)
    return Counter({**found, "model": math.log(likely / (1 - likely)), "prior": 1})


def fit(path: Path) -> dict[str, float]:
    """The weights by name."""
    chance = random.Random(1)
    texts: dict[str, list[str]] = defaultdict(list)
    for example in read_examples(path):
        if example.kind != "word":
            texts[example.language].append(example.text)
    rows: list[Counter[str]] = []
    languages: list[str] = []
    for language, found in texts.items():
        for text in chance.sample(found, min(len(found), RUNS_A_LANGUAGE)):
            if words := run_of(text, chance):
                rows.append(features(disguised(words, is_arabic(language), chance)))
                languages.append(language)
    names = list(evidence().weights)
    x = np.array([[row[name] for name in names] for row in rows], dtype=float)
    y = np.array([is_arabic(language) for language in languages], dtype=float)
    counts = Counter(languages)
    others = sum(IMPORTANCE[language] for language in counts if not is_arabic(language))
    share = (
        np.array(
            [
                IMPORTANCE_OF_ARABIC.get(language, 0.0) / counts[language]
                if is_arabic(language)
                else IMPORTANCE[language] / others / counts[language]
                for language in languages
            ]
        )
        * len(rows)
        / 2
    )
    free = np.array([name not in HELD for name in names])
    weights = np.array([evidence().weights[name] if name in HELD else 0.0 for name in names])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -40, 40)))
        slope = x.T @ (share * (y - p)) - 0.1 * weights
        curve = (x * (share * p * (1 - p))[:, None]).T @ x + 0.1 * np.eye(len(names))
        step = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        weights[free] += step
        if np.abs(step).max() < 1e-6:
            break
    return dict(zip(names, weights.tolist(), strict=True))


if __name__ == "__main__":
    for name, weight in fit(Path(sys.argv[1])).items():
        print(f"{name} = {weight:.2f}{'  # held' if name in HELD else ''}")
