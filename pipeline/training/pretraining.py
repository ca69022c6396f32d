"""More masked language modelling: the base encoder is from 4-bit weights, and was last trained to embed sentences.

As in BERT (Devlin et al., 2019), with whole words masked: of the words that are chosen, 80 % become the mask, 10 %
other pieces, 10 % stay. The vocabulary has no mask piece; `<unk>`, which text hardly has, stands for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.progress import Progress
from torch.nn.functional import cross_entropy, gelu

from pipeline.training.dropout import pool_dropout
from pipeline.training.snapshots import Snapshot

WIDTH = 128  # pieces of a row, special ones included
ROWS = 24  # of a batch: 3,072 pieces
REPORTED = 200  # batches between two reports: some three minutes


@dataclass(frozen=True)
class PretrainingRecipe:
    """The numbers of the masked language modelling."""

    passes: int = 2  # over the texts
    seed: int = 7
    learning_rate: float = 3e-4
    masked: float = 0.2  # of the words
    dropout: float = 0.1


class _Head(torch.nn.Module):  # type: ignore[misc] # without the extra, PyTorch's classes are Any
    """BERT's head for masked words, tied to the embeddings."""

    def __init__(self, embeddings: torch.nn.Embedding) -> None:
        super().__init__()
        size, hidden = embeddings.weight.shape
        self.dense = torch.nn.Linear(hidden, hidden)
        torch.nn.init.eye_(self.dense.weight)  # at first the states themselves: nothing to unlearn
        torch.nn.init.zeros_(self.dense.bias)
        self.norm = torch.nn.LayerNorm(hidden)
        self.bias = torch.nn.Parameter(torch.zeros(size))
        self._embeddings = [embeddings]  # in a list, so that it is not this module's own

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        states = self.norm(gelu(self.dense(states)))
        return states @ self._embeddings[0].weight.T + self.bias


def pretrain(
    model: Any,
    tokenizer: Any,
    texts: Sequence[str],
    recipe: PretrainingRecipe,
    *,
    progress: Progress,
    report: Callable[[int, float], None],
    folder: Path,
) -> None:
    """Train the encoder of `model` (a BertForTokenClassification) in place; its last layer is left as it is.

    `report` is called now and then with the number of batches so far and the mean loss since the last call. What
    there is then is kept in `folder`, and gone on from if an earlier run was cut off.
    """
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    pool_dropout(model, recipe.dropout, recipe.seed)
    rows, word_heads = _rows(tokenizer, texts, chance)
    head = _Head(model.bert.embeddings.word_embeddings)
    weights = [*model.bert.parameters(), *head.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=0.01, fused=True)
    steps = recipe.passes * (len(rows) // ROWS)
    warm = max(1, steps // 15)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / warm, max(0.02, (steps - step) / (steps - warm)))
    )
    snapshot = Snapshot(folder, {"model": model, "head": head, "optimiser": optimiser, "schedule": schedule})
    orders = [chance.sample(range(len(rows)), len(rows)) for _ in range(recipe.passes)]
    packs = [order[at : at + ROWS] for order in orders for at in range(0, len(rows) - ROWS + 1, ROWS)]
    done = snapshot.load(chance)
    bar = progress.add_task("masked words", total=steps, completed=done)
    model.train()
    losses: list[float] = []
    for number, pack in enumerate(packs[done:], done + 1):
        ids = torch.tensor([rows[place] for place in pack])
        masked, chosen = _mask(ids, word_heads, tokenizer.unk_token_id, recipe.masked)
        with torch.autocast("cpu", torch.bfloat16):
            states = model.bert(masked, attention_mask=torch.ones_like(ids)).last_hidden_state
            logits = head(states[chosen])
        loss = cross_entropy(logits.float(), ids[chosen])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        losses.append(loss.item())
        progress.update(bar, advance=1, description=f"masked words, loss {losses[-1]:.3f}")
        if number % REPORTED == 0:
            report(number, sum(losses) / len(losses))
            snapshot.save(number, chance)
            losses = []


def _rows(tokenizer: Any, texts: Sequence[str], chance: random.Random) -> tuple[list[list[int]], torch.Tensor]:
    """All texts as rows of WIDTH pieces, and for each piece of the vocabulary whether it begins a word."""
    texts = list(texts)
    chance.shuffle(texts)
    stream: list[int] = []
    for at in range(0, len(texts), 512):
        for ids in tokenizer(texts[at : at + 512], add_special_tokens=False)["input_ids"]:
            stream += [*ids, tokenizer.eos_token_id]
    body = WIDTH - 2
    rows = [
        [tokenizer.bos_token_id, *stream[at : at + body], tokenizer.eos_token_id]
        for at in range(0, len(stream) - body, body)
    ]
    heads = [piece.startswith("▁") for piece in tokenizer.convert_ids_to_tokens(range(len(tokenizer)))]
    return rows, torch.tensor(heads)


def _mask(
    ids: torch.Tensor, word_heads: torch.Tensor, mask: int, share: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """The rows with masks in them, and which places are to be guessed."""
    words = word_heads[ids].cumsum(1)
    drawn = torch.rand(ids.shape[0], int(words.max()) + 1).gather(1, words)
    kinds = torch.rand(ids.shape[0], int(words.max()) + 1).gather(1, words)
    chosen = drawn < share
    chosen[:, 0] = chosen[:, -1] = False
    masked = torch.where(chosen & (kinds < 0.8), mask, ids)
    other = torch.randint(4, len(word_heads), ids.shape)
    return torch.where(chosen & (kinds >= 0.9), other, masked), chosen
