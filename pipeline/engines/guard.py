"""The process between a command and its broker. It outlives the command for a moment, to tidy up after it.

A parent-death signal (Linux) would kill the broker, but not remove its folder, and it fires when the
*thread* that forked ends; `atexit` never sees a SIGKILL. So a small process of its own starts the broker,
watches the command and, when that is gone for whatever reason, ends the broker and removes the folder.
It is a script that needs the standard library alone: `python -I -S guard.py PARENT FOLDER GRACE` (10 MB).

Orders come one a line on stdin, words separated by NUL; each is answered by one line:

    run PROGRAM ARGUMENT…   starts the program        its process id, or why it can not be started
    status                                            "running", or the exit status
    kill                    SIGKILL, as a crash is    the exit status
    quit                    what also the end of stdin, SIGTERM and the parent's death mean:
                            SIGTERM to the program, after GRACE seconds SIGKILL; FOLDER removed; no answer
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
WATCH_S = 0.2  # a fork of the parent may hold our stdin open, so its death is looked for, too


class Program:
    """The one program that is guarded at a time."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, command: list[str]) -> int:
        """Start it, in the folder, its output to where our stderr goes: the log. Gives its process id."""
        self._process = subprocess.Popen(
            command,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            preexec_fn=_dies_with_us(),  # safe: this process has one thread
        )
        return self._process.pid

    def status(self) -> str:
        """`running`, or the exit status as subprocess gives it; empty before the first run."""
        if self._process is None:
            return ""
        status = self._process.poll()
        return "running" if status is None else str(status)

    def kill(self) -> str:
        """End it as a crash does; the data stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        return self.status()

    def end(self, grace_s: float) -> None:
        """Ask it to end, and after `grace_s` make it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.kill()


def _dies_with_us() -> Callable[[], None] | None:
    """For between fork and exec: have the kernel kill the child if this guard itself is killed."""
    if sys.platform != "linux":
        return None
    guard, libc = os.getpid(), ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:  # it was killed before the line above
            os._exit(1)

    return arrange


def _serve(parent: int, program: Program) -> None:
    """Carry out orders until one says quit, or nobody is left to give any."""
    while os.getppid() == parent:
        if not select.select([sys.stdin], [], [], WATCH_S)[0]:
            continue
        match sys.stdin.buffer.readline().decode().rstrip("\n").split("\0"):
            case ["run", *command]:
                try:
                    answer = str(program.run(command))
                except OSError as error:
                    answer = str(error)
            case ["status"]:
                answer = program.status()
            case ["kill"]:
                answer = program.kill()
            case _:  # quit, or the end of stdin
                return
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


def main(parent: int, folder: str, grace_s: float) -> None:
    """Serve `parent`; then leave neither the program nor `folder`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    program = Program(folder)
    try:
        _serve(parent, program)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        program.end(grace_s)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
