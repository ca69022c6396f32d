"""The command line: lazy imports, clear errors, and settings that say where they come from."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import orjson
import pytest

HEAVY = {
    "aiokafka",
    "faust",
    "feedparser",
    "lxml",
    "openvino",
    "pydantic_settings",
    "rich.progress",
    "transformers",
}


def khabar(*arguments: str, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli.main", *arguments],
        input=stdin, capture_output=True, env={**os.environ, **variables}, timeout=60, check=False,
    )  # fmt: skip


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    answer = khabar("--help")
    assert answer.returncode == 0
    for command in (
        "demo",
        "worker",
        "feed",
        "tail",
        "enrich",
        "evaluate",
        "topics",
        "train",
        "settings",
        "broker",
    ):
        assert f" {command} " in answer.stdout.decode()
    program = f"import sys, pipeline.cli.main; print([m for m in {sorted(HEAVY)!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"[]\n"


def test_settings_say_where_they_come_from() -> None:
    answer = khabar("settings", "--json", KHABAR_PARTITIONS="3", KHABAR_KAFKA_SASL_PASSWORD="")
    settings = orjson.loads(answer.stdout)
    assert settings["KHABAR_PARTITIONS"] == {"value": 3, "source": "environment"}
    assert settings["KHABAR_REPLICATION"] == {"value": 1, "source": "default"}


def test_a_password_is_not_shown() -> None:
    variables = {
        "KHABAR_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KHABAR_KAFKA_SASL_MECHANISM": "PLAIN",
        "KHABAR_KAFKA_SASL_USERNAME": "desk",
        "KHABAR_KAFKA_SASL_PASSWORD": "secret-word",
    }
    answer = khabar("settings", **variables)
    assert answer.returncode == 0
    assert b"secret-word" not in answer.stdout


@pytest.mark.parametrize("command", [["worker"], ["topics"], ["tail"], ["feed", "jsonl", "-"]])
def test_an_unreachable_broker_is_named_with_its_setting_within_twenty_seconds(command: list[str]) -> None:
    started = time.monotonic()
    answer = khabar(*command, stdin=b"{}\n", KHABAR_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert time.monotonic() - started < 20
    assert answer.returncode == 1
    message = answer.stderr.decode().splitlines()[-1]
    assert "127.0.0.1:1" in message
    assert "KHABAR_KAFKA_BOOTSTRAP_SERVERS" in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["worker", "--stages", "taging"], "no stage is called taging"),
        (["feed", "rss", "missing.xml"], "missing.xml is no file"),
        (["enrich", "missing.txt"], "missing.txt is no file"),
        (["evaluate", "entities", "missing.txt"], "missing.txt"),
        (["evaluate", "claims", "missing.jsonl"], "missing.jsonl"),
        (["evaluate", "language", "missing.jsonl"], "missing.jsonl"),
    ],
)
def test_what_a_person_must_mend_is_one_line_and_a_status(arguments: list[str], message: str) -> None:
    answer = khabar(*arguments)
    assert answer.returncode == 1
    assert message in answer.stderr.decode()
    assert "Traceback" not in answer.stderr.decode()
