"""How fast the duplicates stage is, and how much memory it takes, beside datasketch on the same articles."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.duplicates.fingerprints import comparable
from pipeline.errors import Stop
from pipeline.outcomes import Arrival
from pipeline.records import Article, Language, Version, encode
from pipeline.settings import Settings
from pipeline.stages.duplicates import DuplicatesStage
from pipeline.topics import RAW

# Those of datasketch itself.
PERMUTATIONS = 128


def speed(texts: Sequence[str], settings: Settings, stage: DuplicatesStage) -> dict[str, Any]:
    """Articles a second on one core, of the stage (from the record's bytes to the journal's) and of MinHashLSH.

    Both are timed by the CPU's clock, so that other work on the machine counts for neither. Bytes are those of
    one article: on the topic, and in memory.
    """
    arrivals = [_arrival(number, text) for number, text in enumerate(texts)]
    began, before = time.perf_counter(), time.process_time()
    disk = duplicates = 0
    for start in range(0, len(arrivals), settings.batch_articles):
        outcomes = stage.process(arrivals[start : start + settings.batch_articles])
        disk += sum(len(key) + len(value) for key, value in stage.journal())
        stage.written()
        duplicates += sum(type(outcome).__name__ == "Divert" for outcome in outcomes)
    here, wall = time.process_time() - before, time.perf_counter() - began
    there, found = _datasketch(texts, settings.duplicates_near)
    return {
        "articles": len(texts),
        "duplicates": duplicates,
        "articles_per_second": len(texts) / here,
        "articles_per_second_by_the_clock": len(texts) / wall,
        "datasketch_articles_per_second": len(texts) / there,
        "datasketch_duplicates": found,
        "ratio": there / here,
        "bytes_on_disk": disk / len(texts),
        "bytes_in_memory": stage.window.nbytes / len(stage.window),
    }


def _datasketch(texts: Sequence[str], threshold: float) -> tuple[float, int]:
    """CPU seconds of MinHashLSH over the same normalised shingles; how many articles have an earlier match."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        raise Stop("datasketch is not installed: pip install -c deploy/constraints.txt -e '.[bench]'") from None
    before, found = time.process_time(), 0
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    for number, text in enumerate(texts):
        words = comparable(text).split()
        shingles = {" ".join(words[n : n + 3]).encode() for n in range(max(1, len(words) - 2))}
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch(list(shingles))
        found += bool(index.query(sketch))
        index.insert(number, sketch)
    return time.process_time() - before, found


def synthetic(count: int, seed: int = 1) -> list[str]:
    """Texts of 40 to 600 words, a fifth of them rewritten from earlier ones."""
    dice = np.random.default_rng(seed)
    vocabulary = np.array([f"{chr(0x0628 + n % 30)}{chr(0x0628 + n // 30 % 30)}كلم{n}" for n in range(50_000)])
    texts: list[list[str]] = []
    for _ in range(count):
        if texts and dice.random() < 0.2:
            words = list(texts[int(dice.integers(len(texts)))])
            for place in dice.integers(len(words), size=len(words) // 20 + 1):
                words[place] = str(dice.choice(vocabulary))
        else:
            # Words as frequent as Zipf has them.
            ranks = np.minimum(dice.zipf(1.2, size=int(dice.integers(40, 600))), vocabulary.size) - 1
            words = vocabulary[ranks].tolist()
        texts.append(words)
    return [" ".join(words) for words in texts]


def _arrival(number: int, text: str) -> Arrival:
    uri = f"urn:khabar:bench:{number}"
    item = {"uri": uri, "bodies": [{"value": text}]}
    article = Article(
        uri=uri, version=Version(), text=text, item=item, language=Language(code="ar", confidence=1.0)
    )
    return Arrival(uri.encode(), encode(article), f"{RAW.name}/0/{number}", number, number)
