"""What the entity model learns from: the marked-up news, ANERcorp's columns, and their labels."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import KhabarError
from pipeline.tagger.batching import WINDOW
from pipeline.tagger.labels import LABELS
from pipeline.training.augmentation import Names, told_anew
from pipeline.training.corpora import Labelled, anercorp, ant, aqmar, authored, fingerprint, plain_texts
from pipeline.training.data import IGNORED, Encoder, portions
from pipeline.training.markup import Label, read
from pipeline.training.watching import runs


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
    assert len(articles) == 941
    assert len(labelled) == 15361
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


def test_aqmar_teaches_no_misc(tmp_path: Path) -> None:
    (tmp_path / "Atom.txt").write_text("زار O\nفيرمي B-PER\nالذرة B-MIS1`\nالحرة I-MIS1\n\n", encoding="utf-8")
    ((sentence,),) = aqmar(tmp_path)
    assert (sentence.labels, sentence.unsure) == ((Label(4, 9, "PER"),), (Label(10, 21, "MISC"),))
    assert labels(sentence) == ["O", "B-PER", "?", "?"]


def ant_corpus(folder: Path, *texts: str) -> tuple[Path, Path]:
    corpus, entities = folder / "ant.jsonl.gz", folder / "entities.jsonl"
    with gzip.open(corpus, "wt", encoding="utf-8") as lines:
        for number, text in enumerate(texts):
            lines.write(json.dumps({"docno": f"JA-{number}", "title": " خبر ", "text": text}) + "\n")
    row = {"docno": "JA-0", "sha256": fingerprint("خبر\n\nزار علي بغداد."), "entities": [[9, 12, "PER"]]}
    entities.write_text(json.dumps(row), encoding="utf-8")
    return corpus, entities


def test_ant_labels_are_for_this_very_text(tmp_path: Path) -> None:
    ((_, sentence),) = ant(*ant_corpus(tmp_path, "زار علي بغداد.", "آخر"))
    assert sentence == Labelled("زار علي بغداد.", (Label(4, 7, "PER"),))
    with pytest.raises(KhabarError, match="not the article"):
        ant(*ant_corpus(tmp_path, "زار علي دمشق."))
    with pytest.raises(KhabarError, match="missing"):
        ant(*ant_corpus(tmp_path))
    assert plain_texts([ant_corpus(tmp_path, "نص", "نص", "آخر")[0]]) == ["خبر\n\nنص", "خبر\n\nآخر"]


def test_rows_keep_every_piece_and_the_order() -> None:
    sentences = [Labelled(" ".join("ك" for _ in range(length)), ()) for length in (3, 150, 100, 500)]
    rows = list(Encoder(Words()).examples(sentences))
    assert sum(len(row.ids) - 2 for row in rows) == 753
    for row in rows:
        assert len(row.ids) == len(row.labels) <= WINDOW + 2
        assert (row.ids[0], row.ids[-1], row.labels[0], row.labels[-1]) == (1, 2, IGNORED, IGNORED)
    assert [len(row.ids) - 2 for row in rows][:2] == [153, 100], "neighbours share a row while there is room"


def test_texts_that_nobody_labelled_have_no_labels() -> None:
    (row,) = Encoder(Words()).unlabelled("قال علي. وزار بغداد.")
    assert row.labels == [IGNORED] * 7


def test_portions_are_the_article_in_order() -> None:
    article = [Labelled(str(number), ()) for number in range(100)]
    parts = list(portions(article, random.Random(1)))
    assert [sentence for part in parts for sentence in part] == article
    assert len({len(part) for part in parts}) > 3


@pytest.mark.parametrize("seed", range(20))
def test_told_anew_keeps_every_span_a_name(seed: int) -> None:
    """The words between the names stay, up to newspapers' spelling; names become others of their type."""
    article = [
        Labelled("زار أحمد علي بغداد أمس.", (Label(4, 12, "PER"), Label(13, 18, "LOC"))),
        Labelled("وقال أحمد علي إنه باق.", (Label(5, 13, "PER"),)),
    ]
    pool = {"PER": {"أحمد علي", "منى سالم", "علا"}, "LOC": {"بغداد", "كفر الشيخ"}}
    others = [Labelled(name, (Label(0, len(name), kind),)) for kind, names in pool.items() for name in names]
    chance = random.Random(seed)
    told = told_anew(article, Names([others]), chance)
    spelt = str.maketrans("أإآىة", "اااىه".replace("ى", "ي"))
    found = [
        (sentence.text[label.start : label.end].translate(spelt), label.type)
        for sentence in told
        for label in sentence.labels
    ]
    assert [kind for _, kind in found] == ["PER", "LOC", "PER"]
    assert all(name in {other.translate(spelt) for other in pool[kind]} for name, kind in found)
    assert found[0] == found[2], "one name becomes one other name throughout"
    for sentence, before in zip(told, article, strict=True):
        rest = sentence.text
        for label in reversed(sentence.labels):
            rest = rest[: label.start] + rest[label.end :]
        was = before.text
        for label in reversed(before.labels):
            was = was[: label.start] + was[label.end :]
        assert rest.translate(spelt) == was.translate(spelt)


def test_runs_of_labels() -> None:
    by_name = [LABELS.index(name) for name in ["B-PER", "I-PER", "B-PER", "O", "I-LOC", "I-ORG", "I-ORG"]]
    assert runs(by_name) == {(0, 2, 0), (2, 3, 0), (4, 5, 1), (5, 7, 2)}
