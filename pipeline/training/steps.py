"""A long training in steps, each of which is done once: what was finished before a crash is not done again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any

from rich.console import Console

_DONE = "done.json"


class Steps:
    """The steps of a training in a folder, each in a folder of its own with its results.

    A step is known by its name and by what went into it: other data, another recipe or another step before it, and
    it is done again. `report` prints to a person.
    """

    def __init__(self, folder: Path, console: Console) -> None:
        self._folder, self._console = folder, console
        self.seconds: dict[str, float] = {}
        self._before = ""

    def run(self, name: str, inputs: object, do: Callable[[Path], None]) -> Path:
        """The folder of step `name`, after `do(folder)` has filled it, now or in an earlier run.

        `inputs` is anything that JSON can write. `do` may find an unfinished earlier try in the folder.
        """
        folder = self._folder / name
        identity = json.dumps([self._before, name, inputs], sort_keys=True, default=str)
        self._before = hashlib.sha256(identity.encode()).hexdigest()[:16]
        earlier = _read(folder / _DONE)
        if earlier.get("identity") == self._before and "seconds" in earlier:
            self._console.print(f"{name}: done already, in {earlier['seconds']:.0f} s")
        else:
            if earlier.get("identity") != self._before and folder.exists():
                rmtree(folder)
            folder.mkdir(parents=True, exist_ok=True)
            spent = earlier.get("spent", 0.0) if earlier.get("identity") == self._before else 0.0
            self._write(folder, {"identity": self._before, "spent": spent})
            began = time.monotonic()
            try:
                do(folder)
            except BaseException:
                self._write(folder, {"identity": self._before, "spent": spent + time.monotonic() - began})
                raise
            earlier = {"identity": self._before, "seconds": spent + time.monotonic() - began}
            self._write(folder, earlier)
            self._console.print(f"{name}: {earlier['seconds']:.0f} s")
        self.seconds[name] = earlier["seconds"]
        return folder

    def _write(self, folder: Path, entry: dict[str, Any]) -> None:
        (folder / _DONE).write_text(json.dumps(entry), encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entry
