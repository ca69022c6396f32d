"""The weights of check-worthiness, fitted to labelled statements and written into their file.

`python -m pipeline.training.checkworthiness` fits them again; it takes a second and needs no extra. The model is
a logistic regression on label / 3. No weight may leave the sign that the guidelines give it: what a few hundred
sentences say against them is chance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.attribution.checkworthiness import measures, scale_of_file
from pipeline.attribution.words import words
from pipeline.errors import KhabarError

LABELS = Path(str(files("pipeline.training").joinpath("check_worthy")))
SCALE = Path(str(files("pipeline.attribution").joinpath("checkworthiness.toml")))
HIGHEST = 3
# Chosen by ten-fold cross-validation on the labels; between 1 and 10 it hardly matters.
RIDGE = 2.0
# More move no weight by more than 0.001.
STEPS = 6000

Vector = NDArray[np.float64]


def read_labels(folder: Path = LABELS) -> list[tuple[str, int]]:
    """The statements of all `*.tsv` of the folder with their labels, 0 to 3.

    Raises:
        KhabarError: there are none, or a line is not a label, a tab and a statement.
    """
    read: list[tuple[str, int]] = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            label, _, statement = line.partition("\t")
            if label not in map(str, range(HIGHEST + 1)) or not statement.strip():
                raise KhabarError(f"{path}, line {number}: not a label from 0 to {HIGHEST}, a tab and a statement")
            read.append((statement, int(label)))
    if not read:
        raise KhabarError(f"{folder}: holds no labels")
    return read


def fit(labelled: Sequence[tuple[str, int]]) -> dict[str, float]:
    """`base`, `length` and the weight of each reason, rounded to two decimals. Deterministic."""
    reasons = scale_of_file().reason
    places = {name: place for place, name in enumerate(("base", "length", *reasons))}
    table = np.zeros((len(labelled), len(places)))
    for row, (statement, _) in zip(table, labelled, strict=True):
        length, counts = measures([word.form for word in words(statement) if word.is_word])
        row[0], row[1] = 1.0, length
        for name, value in counts.items():
            row[places[name]] = value
    signs = np.sign([0.0, 1.0, *(reason.weight for reason in reasons.values())])
    wanted = np.array([label / HIGHEST for _, label in labelled])
    return {
        name: round(float(weight), 2) for name, weight in zip(places, _descend(table, wanted, signs), strict=True)
    }


def _descend(table: Vector, wanted: Vector, signs: Vector) -> Vector:
    """Ridge logistic regression by projected gradient descent, on columns of one size; the base is not shrunk."""
    sizes = np.sqrt((table**2).mean(axis=0)) + 1e-9
    scaled, weights = table / sizes, np.zeros(table.shape[1])
    shrinking = np.full(table.shape[1], RIDGE / len(table))
    shrinking[0] = 0.0
    for _ in range(STEPS):
        given = 1 / (1 + np.exp(-scaled @ weights))
        weights -= 0.5 * (scaled.T @ (given - wanted) / len(table) + shrinking * weights)
        weights[weights * signs < 0] = 0.0
    return np.asarray(weights / sizes, dtype=np.float64)


def rewritten(toml: str, weights: Mapping[str, float]) -> str:
    """The file's text with these weights; its words and comments stay."""
    for name, weight in weights.items():
        place = rf"^{name} = " if name in ("base", "length") else rf"^\[reason\.{name}\][^\n]*\nweight = "
        toml, found = re.subn(rf"({place})\S+", rf"\g<1>{weight}", toml, flags=re.MULTILINE)
        if found != 1:
            raise KhabarError(f"checkworthiness.toml: {name} stands there {found} times")
    return toml


if __name__ == "__main__":
    SCALE.write_text(rewritten(SCALE.read_text(encoding="utf-8"), fit(read_labels())), encoding="utf-8")
