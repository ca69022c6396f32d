"""What the entity model learns from: the marked-up news, ANERcorp's columns, and their labels."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import KhabarError
from pipeline.tagger.labels import LABELS
from pipeline.training.data import IGNORED, LENGTH, Encoder, Labelled, anercorp, authored, one_by_one
from pipeline.training.entities import runs
from pipeline.training.markup import Label, read


def write(folder: Path, content: str) -> Path:
    path = folder / "news.txt"
    path.write_text(content, encoding="utf-8")
    return path


def test_markup_gives_exact_spans(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "### a-1\nو<c i=1 f=denied>نفى</c> <s i=1>الوزير <PER>علي حسن</PER></s> في <LOC>بغداد</LOC>.\n"
        "سطر\n\n### a-2\nنص\n",
    )
    first, second = read(path)
    assert (first.id, second.id, second.text, second.labels) == ("a-1", "a-2", "نص", ())
    assert first.text == "ونفى الوزير علي حسن في بغداد.\nسطر"
    found = [(first.text[label.start : label.end], label.type) for label in first.labels]
    assert found == [("علي حسن", "PER"), ("بغداد", "LOC")]


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("<PER>علي", "left open"),
        ("علي</PER>", "closes nothing"),
        ("<PER>علي <s i=1></PER></s>", "crosses"),
        ("<ORG>حزب <PER>علي</PER></ORG>", "inside an entity"),
        ("<PER> علي</PER>", "edge"),
        ("<PER></PER>", "marks nothing"),
        ("<DATE>أمس</DATE>", "unknown"),
    ],
)
def test_markup_is_checked(tmp_path: Path, marked: str, message: str) -> None:
    with pytest.raises(KhabarError, match=message):
        read(write(tmp_path, f"### x\n{marked}\n"))


def test_authored_news_is_whole() -> None:
    """All of it reads; sentences keep every entity, and their spans are words."""
    articles = authored()
    labelled = [
        (sentence.text, label) for article in articles for sentence in article for label in sentence.labels
    ]
    assert len(articles) == 560
    assert len(labelled) == 6979
    for text, label in labelled:
        span = text[label.start : label.end]
        assert span == span.strip() != ""


class Words:
    """A tokenizer of words, that cuts one leading و off."""

    bos_token_id, eos_token_id = 1, 2

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        offsets = [match.span() for match in re.finditer(r"\bو|\w+", text)]
        return {"input_ids": [10 + place for place in range(len(offsets))], "offset_mapping": offsets}


def labels(sentence: Labelled) -> list[str]:
    return [LABELS[label] if label != IGNORED else "?" for label in Encoder(Words()).pieces(sentence)[1]]


def test_clitics_are_learnt_from_the_authored_news_alone() -> None:
    assert labels(Labelled("قال وعلي حسن", (Label(4, 12, "PER"),), whole_words=True)) == [
        "O",
        "?",
        "B-PER",
        "I-PER",
    ]
    assert labels(Labelled("قال وعلي حسن", (Label(5, 12, "PER"),), whole_words=False)) == [
        "O",
        "O",
        "B-PER",
        "I-PER",
    ]
    assert labels(Labelled("قال وليد", (Label(4, 8, "PER"),), whole_words=False)) == ["O", "B-PER", "I-PER"]


def test_anercorp_words_are_whole(tmp_path: Path) -> None:
    (sentence,) = anercorp(write(tmp_path, "زار O\nوعلي B-PERS\nحسن I-PERS\n"))
    assert sentence == Labelled("زار وعلي حسن", (Label(4, 12, "PER"),), whole_words=True)


def test_rows_keep_every_piece_and_the_order() -> None:
    sentences = [
        Labelled(" ".join("ك" for _ in range(length)), (), whole_words=False) for length in (3, 150, 100, 500)
    ]
    encoder = Encoder(Words())
    for company in (one_by_one(), itertools.cycle([2, 3])):
        rows = list(encoder.examples(sentences, company))
        assert sum(len(row.ids) - 2 for row in rows) == 753
        for row in rows:
            assert len(row.ids) == len(row.labels) <= LENGTH + 2
            assert (row.ids[0], row.ids[-1], row.labels[0], row.labels[-1]) == (1, 2, IGNORED, IGNORED)
    assert [len(row.ids) - 2 for row in encoder.examples(sentences, itertools.repeat(2))][:2] == [153, 100]


def test_runs_of_labels() -> None:
    by_name = [LABELS.index(name) for name in ["B-PER", "I-PER", "B-PER", "O", "I-LOC", "I-ORG", "I-ORG"]]
    assert runs(by_name) == {(0, 2, 0), (2, 3, 0), (4, 5, 1), (5, 7, 2)}
