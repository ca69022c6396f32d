"""Dropout that two cores can afford.

PyTorch draws a random number for each activation, one after the other: with BERT's usual dropout that is 60 % of
the time of a forward pass. Here the masks are cut, at a random place, out of one that is drawn once.
"""

from __future__ import annotations

from typing import Any

import torch

# Signs in the mask that is drawn once: the largest activation of a batch (4,096 pieces, 1,536 wide) fits in twice.
_DRAWN = 1 << 24


class PooledDropout(torch.nn.Module):  # type: ignore[misc] # without the extra, PyTorch's classes are Any
    """Dropout by a window of a mask that all layers share; `p` is the share of activations that are lost."""

    def __init__(self, mask: torch.Tensor, p: float) -> None:
        super().__init__()
        self.p = p
        self._mask = mask

    def forward(self, activations: torch.Tensor) -> torch.Tensor:
        """`activations`, some of them zero and the others scaled up, in training; unchanged otherwise."""
        if not self.training or self.p == 0:
            return activations
        at = int(torch.randint(0, self._mask.numel() - activations.numel(), (1,)))
        window = self._mask[at : at + activations.numel()].view(activations.shape)
        return activations * window.to(activations.dtype)


def pool_dropout(model: Any, p: float, seed: int) -> None:
    """Replace the dropout layers of a BERT model; attention weights are no longer dropped."""
    mask = torch.empty(_DRAWN).bernoulli_(1 - p, generator=torch.Generator().manual_seed(seed)).div_(1 - p)
    mask = mask.to(torch.bfloat16)  # half the memory to walk through, and 1 / 0.9 to three digits
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Dropout):
                setattr(module, name, PooledDropout(mask, p))
    for layer in model.bert.encoder.layer:
        layer.attention.self.dropout = torch.nn.Dropout(0.0)
    # "sdpa" goes back through attention several times more slowly than this on CPUs.
    model.set_attn_implementation("eager")
