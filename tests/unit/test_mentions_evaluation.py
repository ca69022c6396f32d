"""`khabar evaluate mentions`: B³ and LEA, ids beside the text or in a stand-off file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from pipeline.errors import KhabarError
from pipeline.evaluation.clusters import b_cubed, lea
from pipeline.evaluation.mentions import evaluate_mentions
from pipeline.evaluation.reference import GOLD_NEWS, read_references, reference_of
from pipeline.tagger.mentions import Mention

TEXT = "قال قيس الخزعلي ثم عاد الخزعلي إلى بغداد"
SPANS = [("PER", 4, 15), ("PER", 23, 30), ("LOC", 35, 40)]


class Fixed:
    """A tagger that finds always the same."""

    version = "fixed"

    def __init__(self, *mentions: Mention) -> None:
        self.mentions = list(mentions)

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        return [self.mentions for _ in texts]

    def close(self) -> None:
        """Nothing to close."""


def mention(kind: str, start: int, end: int) -> Mention:
    return Mention(start, end, kind, 0.9)  # type: ignore[arg-type]


ALL = Fixed(*(mention(*span) for span in SPANS))


def line(things: Sequence[str | None], text: str = TEXT) -> bytes:
    entities = [
        {"type": kind, "start": start, "end": end, **({"id": thing} if thing else {})}
        for (kind, start, end), thing in zip(SPANS, things, strict=True)
    ]
    return orjson.dumps({"text": text, "entities": entities}) + b"\n"


def write(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(lines))
    return path


def test_b_cubed_and_lea_of_the_papers_example() -> None:
    """Moosavi and Strube 2016, section 3: key {a,b,c}, {d,e,f,g}; response {a,b}, {c,d}, {f,g,h,i}."""
    key = dict.fromkeys("abc", 1) | dict.fromkeys("defg", 2)
    response = dict.fromkeys("ab", 1) | dict.fromkeys("cd", 2) | dict.fromkeys("fghi", 3)
    assert lea(key, response) == (pytest.approx(3 * 1 / 3 + 4 * 1 / 6), 7.0)  # recall 0.24
    assert lea(response, key) == (pytest.approx(2 * 1 + 2 * 0 + 4 * 1 / 6), 8.0)  # precision 0.33
    assert b_cubed(key, response) == (pytest.approx(2 * 2 / 3 + 1 / 3 + 1 / 4 + 2 * 2 / 4), 7.0)


def test_a_thing_with_one_mention_is_a_link_to_itself() -> None:
    assert lea({"a": 1}, {"a": 5}) == (1.0, 1.0)
    assert lea({"a": 1}, {"a": 5, "b": 5}) == (0.0, 1.0)
    assert lea({"a": 1}, {}) == b_cubed({"a": 1}, {}) == (0.0, 1.0)


def test_all_right(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", line(["x", "x", "y"]))
    scores = evaluate_mentions(path, ALL, {})
    assert (scores["documents"], scores["mentions"], scores["things"], scores["model"]) == (1, 3, 2, "fixed")
    for name in ("given", "found"):
        for measure in ("b3", "lea"):
            assert scores[name][measure]["f1"] == 1.0
            assert scores[name][measure]["interval"] == [1.0, 1.0]
    assert scores["same_text"]["b3"]["recall"] == pytest.approx(2 / 3, abs=1e-4)
    assert scores["same_text"]["lea"] == {
        "precision": 0.3333,
        "recall": 0.3333,
        "f1": 0.3333,
        "interval": [0.3333] * 2,
    }


def test_wrongly_joined_costs_precision(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", line(["x", "z", "y"]))
    scores = evaluate_mentions(path, ALL, {})
    assert scores["given"]["b3"]["recall"] == 1.0
    assert scores["given"]["b3"]["precision"] == pytest.approx(2 / 3, abs=1e-4)


def test_what_is_not_found_and_what_is_too_much_count_against(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", line(["x", "x", "y"]))
    scores = evaluate_mentions(path, Fixed(mention("PER", 4, 15), mention("PER", 23, 29)), {})
    assert scores["given"]["b3"]["f1"] == 1.0
    assert scores["found"]["b3"]["recall"] == pytest.approx(0.5 / 3, abs=1e-4)
    assert scores["found"]["b3"]["precision"] == pytest.approx(1 / 2, abs=1e-4)
    assert scores["found"]["lea"]["f1"] == 0.0


def test_ids_from_a_stand_off_file(tmp_path: Path) -> None:
    reference = {
        "id": "t", "sha256": sha256(TEXT.encode()).hexdigest(),
        "entities": [[4, 15, "x"], [23, 30, "z"], [35, 40, "y"]], "claimants": [],
    }  # fmt: skip
    references = read_references(write(tmp_path / "r.jsonl", orjson.dumps(reference)))
    path = write(tmp_path / "a.jsonl", line([None, None, None]))
    assert evaluate_mentions(path, ALL, references)["things"] == 3
    other = write(tmp_path / "b.jsonl", line([None, None, None], TEXT + "."))
    with pytest.raises(KhabarError, match="line 1: the entities have no id, and no reference knows this text"):
        evaluate_mentions(other, ALL, references)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"{", "line 1"),
        (line(["x", "x", "y"]) + b'{"text": 1}', "line 2"),
        (line(["x", "x", "y"], TEXT[:38]), "35 to 40 is not inside the text"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(KhabarError, match=message):
        evaluate_mentions(write(tmp_path / "a.jsonl", content), ALL, {})


def test_the_reference_that_ships_holds_no_text() -> None:
    content = GOLD_NEWS.read_text(encoding="utf-8")
    assert not re.search("[\u0600-\u06ff]", content)
    references = read_references()
    assert len(references) == 26
    for one in references.values():
        known = {name for _, _, name in one.entities}
        assert all(start < end for start, end, _ in one.entities)
        for speaking in one.claimants:
            assert speaking.claimant is None or set(speaking.claimant.entities) <= known
            assert speaking.claimant is None or speaking.claimant.entities or speaking.claimant.words
    assert reference_of("نص لا يعرفه أحد", references) is None
