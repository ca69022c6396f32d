"""`khabar demo`: it ends by itself, adds up, and leaves nothing running."""

from __future__ import annotations

import re
import subprocess
import sys

from pipeline.engines import EngineName
from pipeline.sample import expected, expected_counts

LABELS = {
    "enriched": "enriched", "duplicate": "duplicates", "other-language": "other language",
    "dead-letter": "dead-lettered", "superseded": "superseded", "killed": "killed",
}  # fmt: skip


def test_the_demo_adds_up_and_shows_who_says_what(engine_name: EngineName) -> None:
    command = [sys.executable, "-m", "pipeline.cli.main", "demo", "--engine", engine_name]
    answer = subprocess.run(command, capture_output=True, timeout=120, check=False)
    shown = answer.stdout.decode()
    assert answer.returncode == 0, shown + answer.stderr.decode()
    table = {label.strip(): int(count) for label, count in re.findall(r"│ ([a-z -]+?) +│ +(\d+) +│", shown)}
    for outcome, count in expected_counts().items():
        assert table[LABELS[outcome]] == count, outcome
    assert table["missing"] == 0
    assert table["fed"] == len(expected())
    assert "who" in shown
    assert "Next:" in shown
