"""The deployment files say nothing that the program does not know, and name no file that is not there."""

from __future__ import annotations

import fnmatch
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    composition = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return dict(composition["services"])


@pytest.fixture(scope="module")
def instructions() -> list[list[str]]:
    """The Dockerfile's instructions as words; a Dockerfile joins lines that end in a backslash."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.strip()]


def sources(instructions: list[list[str]]) -> list[str]:
    """What the image takes from the project."""
    copies = [words for words in instructions if words[0] in {"COPY", "ADD"} and "--from=build" not in words]
    return [source for words in copies for source in words[1:-1]]


def test_every_stage_has_one_worker(services: dict[str, dict[str, Any]]) -> None:
    from pipeline.assembly import NAMES

    workers = {name: service for name, service in services.items() if service.get("command", [""])[0] == "worker"}
    assert set(workers) == set(NAMES)
    for name, service in workers.items():
        assert service["command"] == ["worker", "--stages", name]
        assert service["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}


def test_topics_are_made_once_the_broker_answers(services: dict[str, dict[str, Any]]) -> None:
    assert services["topics"]["command"] == ["topics"]
    assert services["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert "healthcheck" in services["kafka"]


def test_every_setting_is_one_that_exists(services: dict[str, dict[str, Any]]) -> None:
    from pipeline.settings import Settings

    known = {f"KHABAR_{name.upper()}" for name in Settings.model_fields}
    used = {name for service in services.values() for name in service["environment"] if name.startswith("KHABAR_")}
    assert "KHABAR_KAFKA_BOOTSTRAP_SERVERS" in used
    assert used <= known
    in_readme = set(re.findall(r"KHABAR_[A-Z_]+[A-Z]", (DEPLOY / "README.md").read_text(encoding="utf-8")))
    assert in_readme <= known


def test_the_values_of_the_settings_are_valid(
    services: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.settings import load

    for name, value in services["tagging"]["environment"].items():
        monkeypatch.setenv(name, str(value))
    assert load().kafka_bootstrap_servers == "kafka:19092"


def test_workers_use_the_address_that_the_broker_advertises(services: dict[str, dict[str, Any]]) -> None:
    advertised = services["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    for name in set(services) - {"kafka"}:
        address = services[name]["environment"]["KHABAR_KAFKA_BOOTSTRAP_SERVERS"]
        assert f"://{address}" in advertised.split(",")[0]


def test_the_compose_file_builds_the_dockerfile_beside_it(services: dict[str, dict[str, Any]]) -> None:
    build = services["tagging"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_all_that_the_image_copies_is_there(instructions: list[list[str]]) -> None:
    assert "pipeline" in sources(instructions)
    assert [source for source in sources(instructions) if not (ROOT / source).exists()] == []


def test_all_that_the_image_copies_is_sent_to_the_builder(instructions: list[list[str]]) -> None:
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignore
    kept = [line[1:] for line in ignore if line.startswith("!")]
    assert [source for source in sources(instructions) if not any(fnmatch.fnmatch(source, k) for k in kept)] == []


def test_the_image_runs_khabar_and_not_as_root(instructions: list[list[str]]) -> None:
    last = {words[0]: words[1:] for words in instructions}
    assert last["USER"] == ["10001"]
    assert last["ENTRYPOINT"] == ["[khabar]"]
    assert any("--constraint" in words and words[0] == "RUN" for words in instructions)


def test_the_image_has_a_python_that_the_package_allows(instructions: list[list[str]]) -> None:
    bases = [words[1] for words in instructions if words[0] == "FROM"]
    assert len(set(bases)) == 1  # the virtual environment is copied from one to the other
    found = re.fullmatch(r"python:3\.(\d+)-slim", bases[0])
    assert found is not None
    assert int(found[1]) >= 11
