"""The fine-tuning itself: from an encoder and examples to a model that labels pieces.

What makes it better than plain fine-tuning, each a line or two: lower layers learn more slowly; the loss is
smoothed; the weights that ship are a moving average of those that the optimiser visits.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.progress import Progress
from torch.nn.functional import log_softmax, one_hot

from pipeline.training.data import IGNORED, Example
from pipeline.training.dropout import pool_dropout
from pipeline.training.snapshots import Snapshot

BATCH_TOKENS = 2048  # padding included; what two cores get through in less than a second


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training run."""

    epochs: int = 5
    seed: int = 7
    learning_rate: float = 2e-4  # of the encoder's top layer
    head_learning_rate: float = 1e-3  # of the untrained last layer
    layer_decay: float = 0.9  # each layer below learns by this factor more slowly
    smoothing: float = 0.03
    average: float = 0.998  # how much of the moving average a step keeps
    weight_decay: float = 0.01
    dropout: float = 0.1


def finetune(
    model: Any,
    epoch_examples: Callable[[], Sequence[Example]],
    recipe: Recipe,
    *,
    padding: int,
    progress: Progress,
    after_epoch: Callable[[int, Any, float], None],
    folder: Path,
) -> None:
    """Train `model` in place; it ends with the averaged weights.

    `epoch_examples` gives the rows of an epoch anew. `after_epoch` is called with the epoch's number, the model
    with its averaged weights, and the mean loss. What there is after each epoch is kept in `folder`, and gone on
    from if an earlier run was cut off.
    """
    chance = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    pool_dropout(model, recipe.dropout, recipe.seed)
    optimiser = torch.optim.AdamW(_groups(model, recipe), weight_decay=recipe.weight_decay, fused=True)
    examples = epoch_examples()
    steps = recipe.epochs * sum(1 for _ in batches(examples, padding, chance, recipe.smoothing))
    warm = max(1, steps // (2 * recipe.epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / warm, max(0.0, (steps - step) / (steps - warm)))
    )
    average = _Average(model, recipe.average)
    snapshot = Snapshot(folder, {"model": model, "optimiser": optimiser, "schedule": schedule, "average": average})
    done = snapshot.load(chance)
    bar = progress.add_task("training", total=steps, completed=steps * done // recipe.epochs)
    for epoch in range(1, recipe.epochs + 1):
        if epoch > 1:
            examples = epoch_examples()
        if epoch <= done:
            continue
        losses = []
        model.train()
        for ids, mask, targets in batches(examples, padding, chance, recipe.smoothing):
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(ids, attention_mask=mask).logits
            loss = -(targets * log_softmax(logits.float(), -1)).sum() / targets.sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            average.update()
            losses.append(loss.item())
            progress.update(bar, advance=1, description=f"epoch {epoch}, loss {losses[-1]:.3f}")
        with average.in_place():
            after_epoch(epoch, model, math.fsum(losses) / len(losses))
        snapshot.save(epoch, chance)
    average.swap()


def batches(
    examples: Sequence[Example], padding: int, chance: random.Random | None, smoothing: float = 0.0
) -> Iterator[tuple[Any, Any, Any]]:
    """Rows of like length together: ids and attention mask (rows, pieces), targets (rows, pieces, labels).

    A piece's targets add up to 1, or to 0 where it is IGNORED or padding. `chance` shuffles.
    """
    rows = sorted(examples, key=lambda example: len(example.ids) + (chance.random() * 8 if chance else 0))
    packs: list[list[Example]] = []
    longest = 0
    for row in rows:
        longest = max(longest, len(row.ids))
        if not packs or longest * (len(packs[-1]) + 1) > BATCH_TOKENS:
            packs.append([])
            longest = len(row.ids)
        packs[-1].append(row)
    if chance:
        chance.shuffle(packs)
    for pack in packs:
        width = max(len(row.ids) for row in pack)
        ids = torch.tensor([row.ids + [padding] * (width - len(row.ids)) for row in pack])
        mask = torch.tensor([[1] * len(row.ids) + [0] * (width - len(row.ids)) for row in pack])
        yield ids, mask, torch.stack([_targets(row, width, smoothing) for row in pack])


def _targets(row: Example, width: int, smoothing: float) -> Any:
    """What the model is to say of each piece, (width, labels)."""
    labels = torch.tensor([*row.labels, *[IGNORED] * (width - len(row.labels))])
    counted = (labels != IGNORED).unsqueeze(-1)
    targets = one_hot(labels.clamp(min=0), row.kinds).float() * (1 - smoothing) + smoothing / row.kinds
    targets = targets * counted
    if row.soft is None:
        return targets
    soft = torch.zeros(width, row.kinds)
    soft[: len(row.labels)] = torch.from_numpy(row.soft).float()
    return torch.where(counted, (1 - row.softness) * targets + row.softness * soft, soft)


def _groups(model: Any, recipe: Recipe) -> list[dict[str, Any]]:
    """Each parameter with its learning rate: by layer from the top, the embeddings at the bottom."""
    layers = model.config.num_hidden_layers
    groups = []
    for name, parameter in model.named_parameters():
        if name.startswith("classifier"):
            groups.append({"params": [parameter], "lr": recipe.head_learning_rate})
            continue
        layer = re.search(r"layer\.(\d+)\.", name)
        depth = layers - (int(layer[1]) + 1 if layer else 0)
        groups.append({"params": [parameter], "lr": recipe.learning_rate * recipe.layer_decay**depth})
    return groups


class _Average:
    """An exponential moving average of a model's weights (Polyak and Juditsky, 1992), warmed up as it begins."""

    def __init__(self, model: Any, decay: float) -> None:
        self._weights = list(model.parameters())
        self._shadow = [weight.detach().clone() for weight in self._weights]
        self._decay, self._step = decay, 0

    def update(self) -> None:
        self._step += 1
        decay = min(self._decay, (1 + self._step) / (10 + self._step))
        with torch.no_grad():
            torch._foreach_lerp_(self._shadow, self._weights, 1 - decay)

    def state_dict(self) -> dict[str, Any]:
        return {"shadow": self._shadow, "step": self._step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._step = state["step"]
        for shadow, saved in zip(self._shadow, state["shadow"], strict=True):
            shadow.copy_(saved)

    def swap(self) -> None:
        """Put the average in the weights' place and the weights in its own."""
        with torch.no_grad():
            for weight, shadow in zip(self._weights, self._shadow, strict=True):
                held = weight.clone()
                weight.copy_(shadow)
                shadow.copy_(held)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The average as the model's weights, for as long as the block lasts."""
        self.swap()
        yield
        self.swap()
