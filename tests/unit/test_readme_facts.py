"""The README tells the truth about settings and topics, as far as a program can see."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.settings import PREFIX, Settings
from pipeline.topics import ALL

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_there_and_no_other() -> None:
    named = set(re.findall(r"KHABAR_[A-Z_]+[A-Z]", README))
    assert named == {PREFIX + name.upper() for name in Settings.model_fields}


def test_every_topic_is_there() -> None:
    assert [topic.name for topic in ALL if f"`{topic.name}`" not in README] == []


def test_every_path_that_it_names_is_there() -> None:
    paths = re.findall(r"`((?:pipeline|schemas|deploy|tests)/[\w./-]*)`", README)
    assert len(paths) > 10
    assert [path for path in paths if not (Path(__file__).parents[2] / path).exists()] == []
