"""`khabar evaluate` as a person runs it: models side by side, pages, and what is refused."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.unit.test_cli import khabar
from tests.unit.test_huggingface import TEXT, save
from tests.unit.test_review import Reader


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    names = [("محمد علي", "PER"), ("بغداد", "LOC"), ("وزارة الدفاع", "ORG"), ("العراق", "LOC")]
    entities = [
        {"type": kind, "start": TEXT.index(name), "end": TEXT.index(name) + len(name), "text": name}
        for name, kind in names
    ]
    path = tmp_path_factory.mktemp("files") / "gold.jsonl"
    line = {"text": TEXT, "entities": entities, "attributions": [{"cue": {"start": 0, "end": 3}}]}
    path.write_bytes((orjson.dumps(line) + b"\n") * 6)
    return str(path)


def test_two_models_side_by_side(file: str, tmp_path: Path) -> None:
    """The model that ships against one from Hugging Face's format, which knows these names by heart."""
    model = save(tmp_path / "dictionary")
    answer = khabar("evaluate", "entities", file, "--compare", "shipped", model, "--json")
    compared = orjson.loads(answer.stdout)
    assert compared["a"]["model"].startswith("khabar-entities-")
    assert compared["b"]["model"].startswith("dictionary-")
    assert compared["b"]["f1"] == 1.0
    assert compared["difference"]["f1"] == round(1.0 - compared["a"]["f1"], 4)
    table = khabar("evaluate", "entities", file, "--compare", model, "shipped")
    assert table.returncode == 0
    assert "dictionary-" in table.stdout.decode()


def test_pages(file: str, tmp_path: Path) -> None:
    for command in ("entities", "claims"):
        page = tmp_path / f"{command}.html"
        answer = khabar("evaluate", command, file, "--html", str(page))
        assert answer.returncode == 0, answer.stderr.decode()
        reader = Reader(page.read_text(encoding="utf-8"))
        assert reader.root["dir"] == "rtl"
        assert sum(kinds.startswith("article") for kinds in reader.classes) == 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--compare", "shipped", "nobody/nothing"], "there is no entity model «nobody/nothing»"),
        (["--compare", "shipped", "shipped", "--html", "page.html"], "--html shows one model"),
        (["--types", "PERSON"], "no such type"),
    ],
)
def test_what_a_person_must_mend_is_one_line(file: str, options: list[str], message: str) -> None:
    answer = khabar("evaluate", "entities", file, *options)
    assert answer.returncode == 1
    assert message in answer.stderr.decode()
    assert "Traceback" not in answer.stderr.decode()
