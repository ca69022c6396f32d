"""Apache Kafka in the background, one per virtual environment: `make kafka` and `make kafka-stop`.

Everything of it lies in one room, `<sys.prefix>/var/khabar/kafka/`: `pid` (its process and address; locked for as
long as it runs, so that a stale file deceives nobody), `log`, and `data/`, which a stop does not remove:
delete the folder to begin anew.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipeline.engines.apache import Apache, missing
from pipeline.engines.base import POLL_S
from pipeline.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PORT = 9092
ROOM = Path(sys.prefix) / "var" / "khabar" / "kafka"
WAIT_S = 300.0  # the first start fetches the jars


def start(port: int = PORT, room: Path = ROOM) -> str:
    """Start it, unless it runs already, and wait until it is ready. Returns its address.

    Raises:
        Stop: Java or Maven is missing, the port is in use, or it runs on another one.
    """
    reason = missing()
    if reason:
        raise Stop(reason)
    room.mkdir(parents=True, exist_ok=True)
    if not _running(room):
        command = [sys.executable, "-m", "pipeline.engines", "serve", f"--port={port}", f"--room={room}"]
        with (room / "log").open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        _wait(lambda: process.poll() is not None or _written(room)[0] == process.pid)
        if process.poll() is not None and not _running(room):
            raise Stop((room / "log").read_text(encoding="utf-8", errors="replace").strip())
    _wait(lambda: _written(room)[0] is not None or not _running(room))
    address = _written(room)[1]
    if not address.endswith(f":{port}"):
        raise Stop(f"Apache Kafka runs already, on {address or 'no address'}: use that, or stop it first.")
    return address


def stop(room: Path = ROOM) -> bool:
    """Stop it and wait for its end; False if it did not run."""
    if not _running(room):
        return False
    _wait(lambda: _written(room)[0] is not None or not _running(room))  # it may just be starting
    pid = _written(room)[0]
    if pid is not None and _running(room):
        os.kill(pid, signal.SIGTERM)
        _wait(lambda: not _running(room))
    return True


@contextmanager
def serve(port: int, room: Path = ROOM) -> Iterator[Apache]:
    """The background process itself: a broker that keeps its data, announced in the `pid` file.

    Raises:
        Stop: another one runs.
    """
    with _pid_file(room) as announced:
        if not _lock(announced):
            raise Stop("Apache Kafka runs already.")
        announced.truncate(0)
        with Apache(port=port, data=room / "data") as engine:
            announced.write(f"{os.getpid()} {engine.bootstrap_servers}\n")
            announced.flush()
            yield engine
        announced.truncate(0)


def _pid_file(room: Path) -> TextIO:
    return (room / "pid").open("a+", encoding="utf-8")


def _lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _running(room: Path) -> bool:
    if not room.is_dir():
        return False
    with _pid_file(room) as file:
        return not _lock(file)


def _written(room: Path) -> tuple[int | None, str]:
    """The process id and the address in the `pid` file; None before it is ready."""
    match (room / "pid").read_text(encoding="utf-8").split():
        case [pid, address]:
            return int(pid), address
    return None, ""


def _wait(until: Callable[[], bool]) -> None:
    """Look again and again until it is so."""
    deadline = time.monotonic() + WAIT_S
    while not until():
        if time.monotonic() > deadline:
            raise Stop(f"Apache Kafka in the background: nothing happened within {WAIT_S:.0f} s.")
        time.sleep(POLL_S)
