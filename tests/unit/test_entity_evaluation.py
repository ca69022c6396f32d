"""The evaluation of entities: its two kinds of files, its scores and its errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.errors import KhabarError
from pipeline.evaluation.annotated import RUN
from pipeline.evaluation.columns import read_columns
from pipeline.evaluation.entities import TEXTS, evaluate_entities
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger

LINE = (
    '{"id": "a", "text": "زار محمد بغداد", "entities": ['
    '{"type": "PER", "start": 4, "end": 8, "text": "محمد"}, '
    '{"type": "LOC", "start": 9, "end": 14, "text": "بغداد"}]}'
)


class Fixed(Tagger):
    """Finds the same spans in every text, and remembers how many texts it was given at once."""

    def __init__(self, *mentions: Mention) -> None:
        self.mentions = list(mentions)
        self.calls: list[int] = []

    @property
    def version(self) -> str:
        return "fixed"

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        self.calls.append(len(texts))
        return [self.mentions for _ in texts]


def write(folder: Path, content: str) -> Path:
    path = folder / "file"
    path.write_text(content, encoding="utf-8")
    return path


def test_lines_are_strict(tmp_path: Path) -> None:
    tagger = Fixed(Mention(4, 8, "PER", 0.9), Mention(9, 13, "LOC", 0.9), Mention(0, 3, "ORG", 0.9))
    scores = evaluate_entities(write(tmp_path, LINE + "\n\n" + LINE), tagger)
    assert (scores["precision"], scores["recall"], scores["f1"]) == (0.3333, 0.5, 0.4)
    assert scores["by_type"]["PER"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "entities": 2}
    assert scores["by_type"]["LOC"]["f1"] == 0
    assert (scores["entities"], scores["documents"], scores["model"]) == (4, 2, "fixed")


def test_type_counts(tmp_path: Path) -> None:
    scores = evaluate_entities(write(tmp_path, LINE), Fixed(Mention(4, 8, "ORG", 0.9)))
    assert scores["f1"] == 0


def test_types_leave_others_out(tmp_path: Path) -> None:
    tagger = Fixed(Mention(4, 8, "PER", 0.9), Mention(0, 3, "ORG", 0.9))
    scores = evaluate_entities(write(tmp_path, LINE), tagger, types=["PER"])
    assert (scores["f1"], scores["entities"], list(scores["by_type"])) == (1.0, 1, ["PER"])


def test_columns_snap_to_tokens(tmp_path: Path) -> None:
    """ANERcorp's spans are whole words, ours begin after the clitic."""
    path = write(tmp_path, "قال O\nومحمد B-PERS\nعلي I-PERS\n. O\n\n")
    scores = evaluate_entities(path, Fixed(Mention(5, 12, "PER", 0.9)))
    assert (scores["f1"], scores["entities"], scores["documents"]) == (1.0, 1, 1)


def test_columns_of_all_shapes(tmp_path: Path) -> None:
    content = "\n\nا I-LOC\nب I-LOC\nج I-PER\nد B-PER\nه O\nو I-PER\r\n\n\nز B-MISC"
    first, second = read_columns(write(tmp_path, content))
    assert first.text == "ا ب ج د ه و"
    assert [(first.text[span.start : span.end], span.type) for span in first.spans] == [
        ("ا ب", "LOC"),
        ("ج", "PER"),
        ("د", "PER"),
        ("و", "PER"),
    ]
    assert [(span.start, span.end, span.type) for span in second.spans] == [(0, 1, "MISC")]


def test_texts_go_in_chunks(tmp_path: Path) -> None:
    tagger = Fixed()
    evaluate_entities(write(tmp_path, "ا O\n\n" * (TEXTS * RUN + 1)), tagger)
    assert tagger.calls == [TEXTS, 1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("كلمة", "line 1"),
        ("ا O\nب B-FOO\n", "line 2"),
        ("ا O x\n", "line 1"),
        (LINE + "\n{", "line 2"),
        ('{"text": "x"}', "line 1"),
        ('{"text": "x", "entities": [{"type": "PER", "start": 0, "end": 2, "text": "x"}]}', "does not stand"),
        ('{"text": "x", "entities": [{"type": "DATE", "start": 0, "end": 1, "text": "x"}]}', "no such type"),
        ('{"text": 3, "entities": []}', "line 1"),
    ],
)
def test_what_is_malformed_is_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(KhabarError, match=message):
        evaluate_entities(write(tmp_path, content), Fixed())


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(KhabarError, match="cannot be read"):
        evaluate_entities(tmp_path / "missing", Fixed())
    with pytest.raises(KhabarError, match="cannot be read"):
        evaluate_entities(tmp_path, Fixed())
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KhabarError, match="no UTF-8"):
        evaluate_entities(tmp_path / "bytes", Fixed())


def test_unknown_types_are_refused(tmp_path: Path) -> None:
    for types in (["PERSON"], []):
        with pytest.raises(KhabarError, match="no such type"):
            evaluate_entities(write(tmp_path, LINE), Fixed(), types=types)
