"""Corpora in their published form become the lines that the evaluation reads, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from pipeline.errors import KhabarError
from pipeline.evaluation.lid_corpora import CORPORA, half_of, write_lid_corpora

if TYPE_CHECKING:
    from pathlib import Path


def rows(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A few lines under the names of four corpora."""
    files = {
        "lid_udhr/pes_1.txt": [f"سطر شماره {number} از متن" for number in range(30)],
        "lid_lingua_testdata/single-words/ar.txt": ["كتاب", "", "  ", "قلم"],
        "lid_lingua_testdata/word-pairs/ur.txt": ["وزیر اعظم"],
    }
    for name, lines in files.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), "utf-8")
    wiki = tmp_path / "data" / "lid_wiki_arz_ar"
    wiki.mkdir()
    text = '<doc id="1" title="مصر">\nمصر\n\nمصر بلد فى افريقيا.\n</doc>\n'
    (wiki / "arz.jsonl").write_bytes(orjson.dumps({"lang": "arz", "text": text}) + b"\n")
    return tmp_path / "data"


def test_kinds_and_languages(folder: Path, tmp_path: Path) -> None:
    count = write_lid_corpora(folder, tmp_path / "out.jsonl")
    found = rows(tmp_path / "out.jsonl")
    assert count == len(found)
    kinds = [(row["language"], row["kind"]) for row in found]
    assert kinds.count(("fa", "sentence")) == 30
    assert kinds.count(("fa", "document")) == 3, "8 lines of 5 words make 40; the last 6 lines make none"
    assert kinds.count(("ar", "word")) == 2, "blank lines are dropped"
    assert kinds.count(("ur", "word-pair")) == 1
    assert [row["text"] for row in found if row["language"] == "arz"] == [
        "مصر\n\nمصر بلد فى افريقيا.",
        "مصر",
        "مصر بلد فى افريقيا.",
    ]
    joined = [row for row in found if (row["language"], row["kind"]) == ("fa", "document")]
    assert all(len(row["text"].split()) >= 40 for row in joined)


def test_halves_share_no_line_and_miss_none(folder: Path, tmp_path: Path) -> None:
    lines: list[list[str]] = []
    for half in ("tune", "held-out", None):
        write_lid_corpora(folder, tmp_path / "out.jsonl", half)
        lines.append([row["text"] for row in rows(tmp_path / "out.jsonl") if row["kind"] != "document"])
    tune, held, both = lines
    assert sorted(tune + held) == sorted(both)
    assert not set(tune) & set(held)
    assert {half_of(text) for text in tune if "سطر" in text} == {"tune"}


def test_same_bytes_every_time(folder: Path, tmp_path: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        write_lid_corpora(folder, tmp_path / name)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_every_corpus_is_named_once() -> None:
    paths = [corpus.path for corpus in CORPORA]
    assert len(set(paths)) == len(paths)


def test_folder_without_corpora_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    with pytest.raises(KhabarError, match="none of the language corpora"):
        write_lid_corpora(tmp_path, output)
    assert not output.exists()


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"lang": "arz"}', b'{"text": 1}'])
def test_broken_wikipedia_names_the_line(folder: Path, tmp_path: Path, line: bytes) -> None:
    path = folder / "lid_wiki_arz_ar" / "ar.jsonl"
    path.write_bytes(b'{"text": "\xd9\x85\xd8\xb5\xd8\xb1"}\n' + line)
    with pytest.raises(KhabarError, match=r"ar\.jsonl, line 2"):
        write_lid_corpora(folder, tmp_path / "out.jsonl")


def test_unreadable_corpus_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "lid_udhr" / "pes_1.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(KhabarError, match=r"pes_1\.txt: cannot be read"):
        write_lid_corpora(folder, tmp_path / "out.jsonl")
