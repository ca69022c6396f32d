"""The model: text to pieces, pieces to probabilities of labels. Imports OpenVINO and transformers when made."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Stop
from pipeline.tagger.batching import Window
from pipeline.tagger.files import MODEL, TOKENIZER
from pipeline.tagger.labels import LABELS
from pipeline.tagger.pieces import SPECIAL, Pieces, word_start
from pipeline.tagger.unigram import Unigram

Precision = Literal["auto", "f32", "bf16"]


class Encoder:
    """The int8 model of a folder, on this machine's CPU.

    `precision` is what is not int8 computed in: "auto" follows the CPU (bf16 where there is hardware for it).
    `threads` 0 takes as many as there are cores.

    Raises:
        Stop: the folder holds no model that OpenVINO and transformers read.
    """

    def __init__(self, folder: Path, precision: Precision = "auto", threads: int = 0) -> None:
        _silence()
        openvino: Any = import_module("openvino")
        from transformers import PreTrainedTokenizerFast

        options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if precision != "auto":
            options["INFERENCE_PRECISION_HINT"] = precision
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        try:
            self.likelihood = Unigram(folder / TOKENIZER).likelihood
            self._tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / TOKENIZER), **SPECIAL)
            self._model = openvino.Core().compile_model(str(folder / MODEL), "CPU", options)
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise Stop(f"the entity model in {folder} cannot be loaded: {error}") from error
        self._first, self._last = self._tokenizer.bos_token_id, self._tokenizer.eos_token_id
        self._padding = self._tokenizer.pad_token_id

    def pieces(self, sentences: Sequence[str]) -> list[Pieces]:
        """Each sentence in pieces."""
        if not sentences:
            return []
        encoded = self._tokenizer(list(sentences), add_special_tokens=False, return_offsets_mapping=True)
        return [
            Pieces(ids, [(word_start(text, start, end), end) for start, end in offsets])
            for text, ids, offsets in zip(sentences, encoded["input_ids"], encoded["offset_mapping"], strict=True)
        ]

    def probabilities(self, passages: Sequence[Sequence[int]], rows: Sequence[Window]) -> NDArray[np.float32]:
        """Probabilities of the labels, shape (rows, width - 1, labels); place 0 is the window's first piece.

        `passages` are ids of pieces; `rows`, all of one width, say which of them.
        """
        ids = np.full((len(rows), rows[0].width), self._padding, dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            length = row.end - row.start + 2
            ids[number, :length] = [self._first, *passages[row.passage][row.start : row.end], self._last]
            mask[number, :length] = 1
        logits: NDArray[np.float32] = self._model({"input_ids": ids, "attention_mask": mask})[0][:, 1:]
        assert logits.shape[-1] == len(LABELS)  # noqa: S101 - the model was exported with other labels
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        shares: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
        return shares


def _silence() -> None:
    """Nothing here may reach the network, and nothing but faults may be printed.

    `import openvino` reports itself through the package openvino_telemetry. With that name barred, its import
    fails and OpenVINO falls back to a stub of its own that does nothing: no code is left that could send.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"  # it would say that PyTorch is missing
