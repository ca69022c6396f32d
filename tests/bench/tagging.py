"""Tokens a second of one entity model against another: python -m tests.bench.tagging A B [--texts FILE]

A and B are `shipped`, folders of weights, or Hugging Face models by name or path. The models take turns, text by
text, in the same run on two threads, so that whatever else the machine does slows both; what counts is the ratio.
Tokens are words and marks of the text, which are the same for both, whatever pieces a model cuts them into.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.tagger.models import EntityModel
from pipeline.tagger.tagger import Tagger
from pipeline.training.data import AUTHORED
from pipeline.training.markup import read

THREADS = 2
ARTICLES = 32  # of a batch, as the tagging stage takes them
ROUNDS = 9
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass
class Timed:
    """A model, and its tokens a second in each round."""

    name: str
    tagger: Tagger
    rates: list[float] = field(default_factory=list)

    def run(self, batch: list[str], tokens: int) -> None:
        began = time.perf_counter()
        self.tagger.tag(batch)
        self.rates.append(tokens / (time.perf_counter() - began))


def texts(path: Path | None) -> list[str]:
    """Articles: lines of a file, or the authored news."""
    if path:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [document.text for file in sorted(AUTHORED.glob("*.txt")) for document in read(file)]


def main() -> None:
    """Print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs=2)
    parser.add_argument("--texts", type=Path, help="an article a line; the authored news if not given")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    articles = texts(options.texts)
    models = [Timed(name, EntityModel(name).open(threads=THREADS)) for name in options.models]
    for number in range(options.rounds + 1):
        at = number * ARTICLES % len(articles)
        batch = articles[at : at + ARTICLES]
        tokens = sum(len(_TOKEN.findall(text)) for text in batch)
        for model in models if number % 2 else models[::-1]:
            model.run(batch, tokens)
        if number == 0:  # the first round compiles shapes and fills caches
            for model in models:
                model.rates.clear()
    for model in models:
        low, *_, high = sorted(model.rates)
        print(f"{statistics.median(model.rates):10,.0f} tokens/s ({low:,.0f} to {high:,.0f})  {model.name}")
    ratio = statistics.median(b / a for a, b in zip(models[0].rates, models[1].rates, strict=True))
    print(f"{ratio:10.2f} times as fast is {models[1].name}, by the median of {options.rounds} rounds")


if __name__ == "__main__":
    main()
