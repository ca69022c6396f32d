"""The shares are of the texts that they name, and a broken file says where it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from pipeline.errors import KhabarError
from pipeline.evaluation.language import evaluate_language

if TYPE_CHECKING:
    from pathlib import Path

ARABIC = "أعلنت وزارة الصحة في بيان لها اليوم أن المستشفيات استقبلت مئات المصابين"
PERSIAN = "وزیر بهداشت گفت که بیمارستان‌های پایتخت مجروحان را پذیرفته‌اند"
URDU = "وزیر صحت نے کہا ہے کہ ہسپتالوں میں سینکڑوں زخمی لائے گئے ہیں"
LONG = " ".join([ARABIC] * 5)


def write(path: Path, *rows: tuple[str, str, str]) -> Path:
    path.write_bytes(b"\n".join(orjson.dumps({"text": t, "language": g, "kind": k}) for t, g, k in rows))
    return path


def test_shares_are_of_the_texts_they_name(tmp_path: Path) -> None:
    first = write(
        tmp_path / "first.jsonl",
        (ARABIC, "ar", "sentence"),
        (LONG, "arz", "document"),
        ("مرحبا", "arb", "word"),
        (PERSIAN, "pes", "sentence"),  # the ISO 639-3 code of the same language
        (PERSIAN, "ar", "sentence"),  # mislabelled: counts against Arabic
    )
    second = write(tmp_path / "second.jsonl", (ARABIC, "fa", "sentence"), (URDU, "ur", "sentence"))
    scores = evaluate_language([first, second])
    assert scores["count"] == 7
    assert scores["accuracy"] == pytest.approx(4 / 7, abs=1e-5)
    assert scores["arabic_5"] == pytest.approx(2 / 3, abs=1e-5)
    assert scores["arabic_40"] == 1.0
    assert scores["other_5"] == 0.5, "the worst language decides, not the mean of fa and ur"
    assert scores["other_40"] is None
    persian = scores["languages"]["fa"]
    assert persian["bands"]["5-9"] == {"count": 1, "arabic": 0.0, "und": 0.0, "other": 1.0}
    assert persian["bands"]["10-19"] == {"count": 1, "arabic": 1.0, "und": 0.0, "other": 0.0}
    assert list(persian["bands"]) == ["1", "2-4", "5-9", "10-19", "20-39", "40+"]
    assert persian["words_5"]["count"] == 2
    assert persian["words_40"] == {"count": 0, "arabic": None, "und": None, "other": None}
    assert scores["languages"]["ar"]["bands"]["1"] == {"count": 1, "arabic": 0.0, "und": 1.0, "other": 0.0}
    assert scores["kinds"]["document"]["arabic"] == {"count": 1, "arabic": 1.0, "und": 0.0, "other": 0.0}
    assert scores["kinds"]["sentence"]["other"]["count"] == 3
    assert orjson.loads(orjson.dumps(scores)) == scores


def test_kind_may_be_left_out_and_blank_lines_passed(tmp_path: Path) -> None:
    path = tmp_path / "plain.jsonl"
    path.write_text('\n{"text": "", "language": "ar"}\n\n', "utf-8")
    scores = evaluate_language([path])
    assert scores["languages"]["ar"]["bands"]["1"]["count"] == 1
    assert list(scores["kinds"]) == ["text"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n  \n", "empty"),
        (b'{"text": "a", "language": "ar", "kind": "word"}\n{"text": ', "line 2"),
        (b'{"text": 1, "language": "ar"}', "line 1"),
        (b'{"text": "a"}', "line 1.*language"),
        (b'{"text": "\xff", "language": "ar"}', "line 1"),
        (b"[]", "line 1"),
    ],
)
def test_broken_files_are_named_with_the_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_bytes(content)
    with pytest.raises(KhabarError, match=f"broken.jsonl.*{message}"):
        evaluate_language([path])


def test_missing_file_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(KhabarError, match=r"absent\.jsonl: cannot be read"):
        evaluate_language([tmp_path / "absent.jsonl"])
    with pytest.raises(KhabarError, match="no files"):
        evaluate_language([])
