"""Workers as processes of their own, and a crew of them under a supervisor as a container engine is one."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipeline.engines.base import free_ports
from pipeline.errors import Flood
from pipeline.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]

# As Docker's first pause: a worker that has ended by itself comes back after this.
SUPERVISOR_SECONDS = 1.0

# A worker that was hired a moment ago does not yet know what SIGTERM means.
STARTUP_SECONDS = 30.0

PR_SET_PDEATHSIG = 1


class WorkerProcess:
    """`khabar worker` in a process; its log is read when it matters."""

    def __init__(self, settings: Settings, variables: Mapping[str, str], *, full_disk: bool = False) -> None:
        explicit = settings.model_dump(exclude_defaults=True)
        environment = {PREFIX + name.upper(): str(value) for name, value in explicit.items()}
        command = [sys.executable, "-m", "pipeline.cli.main", "worker"]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
                "KHABAR_LOG_FORMAT": "json",
                **environment,
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            preexec_fn=_on_a_full_disk if full_disk else _ends_with_us,
        )
        # A pipe, not a file: a worker that cannot write a file must be able to write its log.
        self._lines: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.frozen = False
        self.resident = 0

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.append(line)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def measure(self) -> int:
        """The most resident memory so far, in bytes."""
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
            peak = next(line for line in lines if line.startswith("VmHWM"))
            self.resident = max(self.resident, int(peak.split()[1]) * 1024)
        return self.resident

    def signal(self, number: signal.Signals) -> None:
        self.frozen = number == signal.SIGSTOP
        self.process.send_signal(number)

    def kill(self) -> None:
        self.measure()
        self.process.kill()
        self.process.wait()

    async def end(self, within: float = 10.0) -> int:
        """SIGTERM; the exit status."""
        self.measure()
        self.signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, within)

    def log(self) -> str:
        return b"".join(self._lines).decode(errors="replace")

    def close(self) -> None:
        with suppress(ProcessLookupError):
            self.kill()


def _ends_with_us() -> None:
    """For between fork and exec: no worker outlives a harness that is killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _on_a_full_disk() -> None:
    """A write to a file fails. What goes to a pipe or a terminal does not."""
    _ends_with_us()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(port: int, path: str) -> tuple[int, str]:
    """Status and body of a worker's health endpoint; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=3) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


class Crew:
    """So many workers; one that ends by itself is started anew, but for the breaker's status."""

    def __init__(self, settings: Settings, variables: Mapping[str, str]) -> None:
        self.settings = settings
        self.variables = dict(variables)
        #: Those that are hired from now on cannot write a file.
        self.full_disk = False
        self.workers: list[WorkerProcess] = []
        self.gone: list[WorkerProcess] = []
        self.restarts = 0
        self._supervising: asyncio.Task[None] | None = None

    @property
    def running(self) -> list[WorkerProcess]:
        return [worker for worker in self.workers if worker.alive and not worker.frozen]

    @property
    def working(self) -> list[WorkerProcess]:
        """Those that have come so far that they can end in good order."""
        return [worker for worker in self.running if "worker started" in worker.log()]

    def hire(self, number: int = 1, **others: str) -> WorkerProcess:
        for _ in range(number):
            self.workers.append(
                WorkerProcess(self.settings, {**self.variables, **others}, full_disk=self.full_disk)
            )
        self._supervising = self._supervising or asyncio.create_task(self._supervise())
        return self.workers[-1]

    def dismiss(self, worker: WorkerProcess) -> None:
        """The supervisor does not look after it any more; its log is kept."""
        self.workers.remove(worker)
        self.gone.append(worker)

    @property
    def resident(self) -> int:
        return max((worker.measure() for worker in self.workers + self.gone), default=0)

    def logs(self) -> str:
        return "\n".join(worker.log() for worker in self.gone + self.workers)

    async def _supervise(self) -> None:
        while True:
            await asyncio.sleep(SUPERVISOR_SECONDS)
            for worker in list(self.workers):
                worker.measure()
                if not worker.alive:
                    self.dismiss(worker)
                    if worker.process.returncode != Flood.status:
                        self.restarts += 1
                        self.hire()

    async def end(self) -> list[int]:
        """All of them by SIGTERM; their exit statuses."""
        if self._supervising:
            self._supervising.cancel()
        deadline = time.monotonic() + STARTUP_SECONDS
        while len(self.working) < len(self.running) and time.monotonic() < deadline:  # noqa: ASYNC110 - processes
            await asyncio.sleep(0.2)
        return list(await asyncio.gather(*(worker.end(20) for worker in self.workers if worker.alive)))

    def close(self) -> None:
        if self._supervising:
            self._supervising.cancel()
        for worker in self.workers + self.gone:
            worker.close()


def free_port() -> int:
    return free_ports()[0]
