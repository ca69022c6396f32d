"""The corpora that the entity model learns from, each as documents: lists of sentences with their entities."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline.arabic.sentences import split
from pipeline.errors import KhabarError
from pipeline.evaluation.columns import Sentence, columns, read_columns
from pipeline.training.markup import Label, read

_HERE = Path(__file__).parent
AUTHORED = _HERE / "authored_news"
ANT_LABELS = _HERE / "ant_labels" / "entities.jsonl"


@dataclass(frozen=True)
class Labelled:
    """A sentence with its entities.

    `whole_words` says that clitics are inside its spans, as in ANERcorp; `unsure` are spans whose label is not to
    be learnt, as the corpus means something else by it.
    """

    text: str
    labels: tuple[Label, ...]
    whole_words: bool = False
    unsure: tuple[Label, ...] = ()


Article = Sequence[Labelled]


def anercorp(path: Path) -> list[Labelled]:
    """ANERcorp's sentences, in the file's order, which is that of its documents."""
    return [_joined(sentence) for sentence in read_columns(path)]


def aqmar(folder: Path) -> list[Article]:
    """AQMAR's articles, a file each. Its class MIS is another in each article: those spans are unsure."""
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise KhabarError(f"{folder} has no articles (*.txt) of AQMAR")
    return [[_joined(sentence, unsure="MISC") for sentence in _aqmar_columns(path)] for path in paths]


def authored() -> list[Article]:
    """The authored articles."""
    documents = [document for path in sorted(AUTHORED.glob("*.txt")) for document in read(path)]
    return [_sentences(document.text, document.labels) for document in documents]


def ant(corpus: Path, labels: Path = ANT_LABELS) -> list[Article]:
    """The articles of the ANT corpus (JSON Lines, gzip) for which `labels` has entities: docno, hash, spans.

    Raises:
        KhabarError: an article is not in the corpus, or not the one that was read by the annotators.
    """
    wanted = {row["docno"]: row for row in map(orjson.loads, labels.read_bytes().splitlines())}
    articles = {}
    for row in _json_lines(corpus):
        if entry := wanted.get(row["docno"]):
            text = ant_text(row)
            if fingerprint(text) != entry["sha256"]:
                raise KhabarError(f"{corpus}: {row['docno']} is not the article that was annotated")
            articles[row["docno"]] = _sentences(text, [Label(*span) for span in entry["entities"]])
    if missing := wanted.keys() - articles.keys():
        raise KhabarError(f"{corpus}: {len(missing)} annotated articles are missing, {min(missing)} among them")
    return [articles[docno] for docno in wanted]


def ant_text(row: dict[str, Any]) -> str:
    """Headline, blank line, body."""
    return f"{(row.get('title') or '').strip()}\n\n{row['text'].strip()}"


def fingerprint(text: str) -> str:
    """What tells that offsets are into this very text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plain_texts(paths: Iterable[Path]) -> list[str]:
    """Unlabelled texts: JSON Lines with `text` and perhaps `title`, gzip or not; each text once."""
    texts = dict.fromkeys(ant_text(row).strip() for path in paths for row in _json_lines(path))
    return list(texts)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise KhabarError(f"{path}, line {number}: {error}") from None
            yield row


def _aqmar_columns(path: Path) -> list[Sentence]:
    """AQMAR's columns in the usual types: its classes of an article's own (MIS0 to MIS3) and slips are MISC."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        token, _, tag = line.strip().rpartition(" ")
        part, _, kind = tag.partition("-")
        if part in ("B", "I"):
            kind = kind.strip("-") if kind.strip("-") in ("PER", "LOC", "ORG") else "MISC"
            lines.append(f"{token} {part}-{kind}")
        else:
            lines.append(f"{token} O" if token else "")
    return columns(lines, path)


def _joined(sentence: Sentence, unsure: str = "") -> Labelled:
    labels = [Label(span.start, span.end, span.type) for span in sentence.spans]
    return Labelled(
        sentence.text,
        tuple(label for label in labels if label.type != unsure),
        whole_words=True,
        unsure=tuple(label for label in labels if label.type == unsure),
    )


def _sentences(text: str, labels: Iterable[Label]) -> list[Labelled]:
    sentences = []
    for start, end in split(text):
        inside = tuple(
            Label(max(label.start, start) - start, min(label.end, end) - start, label.type)
            for label in labels
            if label.start < end and start < label.end
        )
        sentences.append(Labelled(text[start:end], inside))
    return sentences
