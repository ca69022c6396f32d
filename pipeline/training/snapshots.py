"""What a training needs to go on after it was cut off."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch


class Stateful(Protocol):
    """A model, an optimiser, a schedule: what PyTorch saves as a dictionary."""

    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any]) -> Any: ...


class Snapshot:
    """A file in `folder` with the state of `parts`, of both random generators, and how far the training is."""

    def __init__(self, folder: Path, parts: Mapping[str, Stateful]) -> None:
        self._path = folder / "snapshot.pt"
        self._parts = parts

    def save(self, done: int, chance: random.Random) -> None:
        """Replace the file; one that was cut off in writing leaves the one before."""
        state: dict[str, Any] = {name: part.state_dict() for name, part in self._parts.items()}
        state |= {"done": done, "chance": chance.getstate(), "torch": torch.get_rng_state()}
        unfinished = self._path.with_suffix(".unfinished")
        torch.save(state, unfinished)
        unfinished.replace(self._path)

    def load(self, chance: random.Random) -> int:
        """Put the state back, if there is one; how much was done, 0 where nothing was."""
        if not self._path.exists():
            return 0
        state = torch.load(self._path, weights_only=False)  # written by this program, in its own folder
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        chance.setstate(state["chance"])
        torch.set_rng_state(state["torch"])
        done: int = state["done"]
        return done
