"""Engines without a broker: what is missing is said, and the guard's program is watched and tidied up after."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, cast

import pytest

from pipeline.engines import apache, base, embedded, engine
from pipeline.engines.guarded import Guarded
from pipeline.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.engines import EngineName

END_S = 10.0


@pytest.fixture
def guarded() -> Iterator[Guarded]:
    guarded = Guarded()
    yield guarded
    guarded.close()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH, empty so far; and no Kafka was fetched yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return tmp_path


def write(script: Path, text: str) -> None:
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o755)


def finish(guarded: Guarded) -> int | None:
    deadline = time.monotonic() + END_S
    while (status := guarded.status()) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return status


def test_engines_by_name() -> None:
    assert engine("embedded").name == "embedded"
    assert engine("kafka").name == "kafka"
    with pytest.raises(ValueError, match="'embedded' or 'kafka'"):
        engine(cast("EngineName", "redpanda"))


def test_an_engine_has_no_address_before_its_start() -> None:
    broker = engine("embedded")
    assert not broker.alive()
    assert broker.pid is None
    with pytest.raises(RuntimeError, match="not been started"):
        _ = broker.bootstrap_servers
    broker.stop()  # nothing to do


def test_missing_says_that_java_is_not_there(programs: Path) -> None:
    reason = apache.missing()
    assert reason is not None
    assert "`java` is not to be found" in reason
    assert "apt install openjdk-17-jre-headless maven" in reason


@pytest.mark.parametrize(
    ("banner", "major"), [('openjdk version "11.0.2" 2019', 11), ('java version "1.8.0_9"', 8)]
)
def test_missing_says_that_java_is_too_old(banner: str, major: int, programs: Path) -> None:
    write(programs / "java", f"echo '{banner}' >&2")
    assert f"`java` here is {major}." in (apache.missing() or "")


def test_missing_says_that_maven_is_not_there_unless_the_jars_are(programs: Path) -> None:
    write(programs / "java", "echo 'openjdk version \"21.0.2\" 2024' >&2")
    assert "`mvn` is not to be found" in (apache.missing() or "")
    apache.home().mkdir(parents=True)
    assert apache.missing() is None


def test_java_home_comes_first(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apache.home().mkdir(parents=True)
    (programs / "jdk" / "bin").mkdir(parents=True)
    write(programs / "java", "echo 'openjdk version \"11.0.2\"' >&2")
    write(programs / "jdk" / "bin" / "java", "echo 'openjdk version \"17.0.1\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(programs / "jdk"))
    assert apache.missing() is None


def test_a_failed_fetch_says_what_maven_said_and_leaves_no_half_folder(programs: Path) -> None:
    write(programs / "java", "echo 'openjdk version \"17.0.1\"' >&2")
    write(programs / "mvn", "echo 'no route to the repository'; exit 3")
    with pytest.raises(Stop, match=r"(?s)could not fetch Apache Kafka.*no route to the repository"):
        apache.Apache().start()
    assert not apache.home().exists()


def test_a_broker_that_ends_at_once_is_a_stop_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "tansu", "echo 'the disk is on fire'; exit 3")
    monkeypatch.setattr(embedded, "_binary", lambda: tmp_path / "tansu")
    broker = engine("embedded")
    with pytest.raises(Stop, match=r"(?s)ended before it was ready.*the disk is on fire"):
        broker.start()
    assert not broker.alive()


def test_a_port_that_is_always_taken_is_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "tansu", "echo x >> $0.runs; echo 'Address already in use'; exit 1")
    monkeypatch.setattr(embedded, "_binary", lambda: tmp_path / "tansu")
    with pytest.raises(Stop, match="free ports were taken by others"):
        engine("embedded").start()
    assert (tmp_path / "tansu.runs").read_text().count("x") == base.PORT_ATTEMPTS


def test_another_broker_on_the_port_is_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "tansu", "exec sleep 60")
    monkeypatch.setattr(embedded, "_binary", lambda: tmp_path / "tansu")
    monkeypatch.setattr(base, "_listens", lambda _address: True)
    monkeypatch.setattr(base, "_cluster_at", lambda _address: "somebody else's")
    monkeypatch.setattr(base, "START_S", 0.3)
    with pytest.raises(Stop, match="did not answer on"):
        engine("embedded").start()


def test_the_log_has_what_the_program_said(guarded: Guarded) -> None:
    guarded.run([sys.executable, "-c", "import sys; print('out'); sys.exit('err')"])
    assert finish(guarded) == 1
    assert sorted(guarded.tail().split()) == ["err", "out"]


def test_the_tail_is_the_end_of_a_long_log(guarded: Guarded) -> None:
    guarded.run([sys.executable, "-c", "for n in range(1000): print(n)"])
    finish(guarded)
    assert guarded.tail().split() == [str(n) for n in range(970, 1000)]


def test_a_killed_program_runs_again_in_the_same_folder(guarded: Guarded) -> None:
    guarded.run([sys.executable, "-c", "open('kept', 'a').write('x'); import time; time.sleep(60)"])
    deadline = time.monotonic() + END_S
    while not (guarded.folder / "kept").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    guarded.kill()
    assert guarded.status() == -signal.SIGKILL
    guarded.run([sys.executable, "-c", "open('kept', 'a').write('y')"])
    assert finish(guarded) == 0
    assert (guarded.folder / "kept").read_text() == "xy"


def test_a_program_that_is_not_there_is_a_stop(guarded: Guarded) -> None:
    with pytest.raises(Stop, match=r"Cannot start /no/such/program: .*No such file"):
        guarded.run(["/no/such/program"])


def test_close_ends_the_program_and_removes_the_folder(guarded: Guarded) -> None:
    guarded.run(["sleep", "60"])
    assert guarded.pid is not None
    guarded.close()
    guarded.close()
    assert not guarded.folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(guarded.pid, 0)


def test_a_fork_does_not_end_its_parents_program(guarded: Guarded) -> None:
    guarded.run(["sleep", "60"])
    child = os.fork()
    if child == 0:
        guarded.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert guarded.status() is None
