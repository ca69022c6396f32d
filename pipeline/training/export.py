"""From a trained model to what ships: OpenVINO IR, int8 throughout, and the tokenizer."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.tagger.files import MODEL, TOKENIZER

CALIBRATION_ROWS = 300  # NNCF's own default; activations' ranges settle well before


def save_checkpoint(model: Any, tokenizer: Any, folder: Path) -> None:
    """The model in float, as transformers reads it: `export` can start again from it."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def export(model: Any, tokenizer: Any, rows: Sequence[list[int]], out: Path) -> None:
    """Write `model.xml`, `model.bin` and `tokenizer.json` to `out`: weights, embeddings and activations in int8.

    `rows` are piece ids of training text, on which the ranges of the activations are measured.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment] # see pipeline.tagger.encoder
    openvino: Any = import_module("openvino")
    import nncf
    import torch

    model.eval()
    ids = torch.tensor([rows[0]])
    shape = openvino.PartialShape([-1, -1])
    converted = openvino.convert_model(
        model,
        example_input={"input_ids": ids, "attention_mask": torch.ones_like(ids)},
        input=[("input_ids", shape), ("attention_mask", shape)],
    )
    chosen = random.Random(0).sample(list(rows), min(CALIBRATION_ROWS, len(rows)))
    samples = [
        {"input_ids": np.array([row]), "attention_mask": np.ones((1, len(row)), np.int64)} for row in chosen
    ]
    quantised = nncf.quantize(
        converted, nncf.Dataset(samples), model_type=nncf.ModelType.TRANSFORMER, subset_size=len(samples)
    )
    out.mkdir(parents=True, exist_ok=True)
    openvino.save_model(quantised, out / MODEL, compress_to_fp16=False)
    tokenizer.backend_tokenizer.save(str(out / TOKENIZER))
