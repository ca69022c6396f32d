"""All the corpora together, parted into what is learnt and what is held out."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.evaluation.annotated import RUN, Document, Span
from pipeline.training.augmentation import Names, told_anew
from pipeline.training.corpora import ANT_LABELS, AUTHORED, Article, anercorp, ant, aqmar, authored, plain_texts
from pipeline.training.data import Encoder, Example, portions

HELD = 0.05  # of each corpus of news: to watch a run by, and to calibrate scores on
# ANERcorp is the only one with real news of the whole world that people read twice; the others are many times it.
OFTEN = {"anercorp": 2}


@dataclass(frozen=True)
class Sources:
    """Where the corpora are that do not come with Khabar."""

    anercorp: Path  # CamelLab's training split, CoNLL columns
    aqmar: Path  # the folder of its articles
    ant: Path  # ant_corpus.jsonl.gz
    texts: tuple[Path, ...] = ()  # more unlabelled news, JSON Lines with `text`

    def fingerprints(self) -> dict[str, str]:
        """A hash of each file that the lessons are from, by its name: what the steps of a training depend on."""
        files = [self.anercorp, self.ant, ANT_LABELS, *self.texts, *sorted(self.aqmar.glob("*.txt"))]
        files += sorted(AUTHORED.glob("*.txt"))
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in files}


@dataclass
class Lessons:
    """Articles by corpus: `learnt`, `held` out, and `texts` that nobody labelled."""

    learnt: dict[str, list[Article]] = field(default_factory=dict)
    held: dict[str, list[Article]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    @staticmethod
    def read(sources: Sources) -> Lessons:
        """Read them all.

        Raises:
            KhabarError: a file is not what it should be.
        """
        lessons = Lessons(texts=plain_texts([sources.ant, *sources.texts]))
        news = anercorp(sources.anercorp)  # in documents, but nothing says where they end
        at = len(news) - round(len(news) * HELD)
        lessons.learnt["anercorp"], lessons.held["anercorp"] = [news[:at]], [news[at:]]
        for name, articles in ("authored", authored()), ("ant", ant(sources.ant)):
            lessons.held[name] = articles[:: round(1 / HELD)]
            lessons.learnt[name] = [article for article in articles if article not in lessons.held[name]]
        lessons.learnt["aqmar"] = aqmar(sources.aqmar)  # an encyclopaedia: not what anything is measured on
        return lessons

    def sentences(self) -> dict[str, int]:
        """How many labelled sentences are learnt of each corpus."""
        return {name: sum(map(len, articles)) for name, articles in self.learnt.items()}

    def held_examples(self, encoder: Encoder) -> dict[str, list[Example]]:
        """The rows of what is held out, by corpus."""
        return {
            name: [row for article in articles for row in encoder.examples(article)]
            for name, articles in self.held.items()
        }

    def held_documents(self) -> list[Document]:
        """What is held out as annotated texts, for the calibration of scores."""
        return [
            _document(article[at : at + RUN])
            for articles in self.held.values()
            for article in articles
            for at in range(0, len(article), RUN)
        ]

    def epochs(self, encoder: Encoder, seed: int) -> Iterator[list[Example]]:
        """One pass after the other over all that is learnt, told anew each time."""
        chance = random.Random(seed)
        names = Names(article for articles in self.learnt.values() for article in articles)
        while True:
            rows: list[Example] = []
            for article in self._all():
                for portion in portions(article, chance):
                    rows += encoder.examples(told_anew(portion, names, chance))
            yield rows

    def _all(self) -> Iterator[Article]:
        for name, articles in self.learnt.items():
            for _ in range(OFTEN.get(name, 1)):
                yield from articles


def _document(sentences: Article) -> Document:
    """Neighbouring sentences as one text, a line each; where clitics are inside of names, words are whole."""
    spans: list[Span] = []
    tokens: list[tuple[int, int]] = []
    at = 0
    for sentence in sentences:
        spans += [(at + label.start, at + label.end, str(label.type)) for label in sentence.labels]
        if sentence.whole_words:
            tokens += [(at + word.start(), at + word.end()) for word in re.finditer(r"\S+", sentence.text)]
        at += len(sentence.text) + 1
    return Document("\n".join(sentence.text for sentence in sentences), tuple(spans), tuple(tokens) or None)


def unlabelled(texts: Sequence[str], encoder: Encoder) -> list[Example]:
    """Rows of texts that nobody labelled, all pieces ignored, for teachers to speak of."""
    return [row for text in texts for row in encoder.unlabelled(text)]
