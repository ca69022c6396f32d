"""This process's end of a guard: run a broker so that it can not outlive us (see `guard`)."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, cast

from pipeline.errors import Stop

GUARD = Path(__file__).with_name("guard.py")
TAIL_LINES = 30
GRACE_S = 10.0  # Kafka ends in half a second, Tansu at once


class Guarded:
    """A folder under the system's temporary one, and at most one program at a time that works in it.

    Both are gone after `close`, and after the end of this process however it comes: return, exception,
    Ctrl-C, crash, SIGKILL. (If the guard, too, is killed with SIGKILL, the program still ends on Linux;
    the folder stays.)
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="khabar-"))
        self.log = self.folder / "log"
        self.pid: int | None = None
        self._lock = threading.Lock()
        self._owner = os.getpid()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), str(self._owner), str(self.folder), str(GRACE_S)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us; we end the broker in good order
            )
        self._orders = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    def run(self, command: list[str]) -> None:
        """Start `command` in the folder, with its output in the log; the program before must have ended.

        Raises:
            Stop: the system can not start it.
        """
        answer = self._order("run", *command)
        if not answer.isdigit():
            raise Stop(f"Cannot start {command[0]}: {answer}")
        self.pid = int(answer)

    def status(self) -> int | None:
        """The exit status (negative: the signal), None while the program runs."""
        answer = self._order("status")
        return None if answer == "running" else int(answer)

    def kill(self) -> None:
        """SIGKILL the program; the folder stays, and `run` may be called again."""
        self._order("kill")

    def tail(self) -> str:
        """The last lines of the log, for error messages."""
        lines = self.log.read_text(errors="replace").rstrip().splitlines()
        return "\n".join(lines[-TAIL_LINES:]) or "(its log is empty)"

    def close(self) -> None:
        """End the program, remove the folder, wait for both. May be called again; a fork's call does nothing."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            if not self._orders.closed:
                with contextlib.suppress(BrokenPipeError):  # it is gone already
                    try:
                        self._orders.write(b"quit\n")
                    finally:
                        self._orders.close()
            try:
                self._process.wait(GRACE_S + 5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._answers.close()
        shutil.rmtree(self.folder, ignore_errors=True)  # for when the guard was killed

    def _order(self, *words: str) -> str:
        """Send one order and wait for its answer; a guard that is gone answers that its program was killed."""
        with self._lock:
            try:
                self._orders.write("\0".join(words).encode() + b"\n")
                self._orders.flush()
                answer = self._answers.readline().decode()
            except BrokenPipeError:
                answer = ""
        return answer.rstrip("\n") or str(-signal.SIGKILL)
