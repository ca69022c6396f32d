"""A token-classification model and its tokenizer, from a folder or from Hugging Face's cache on this machine.

Nothing is fetched: a worker that starts must not depend on somebody else's server, nor find other weights there
than yesterday.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import Stop

_HUB_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)?")


@dataclass(frozen=True)
class Loaded:
    """A model in evaluation mode, its fast tokenizer, its labels by their numbers, and name with content hash."""

    model: Any
    tokenizer: Any
    labels: list[str]
    version: str


def load(name: str) -> Loaded:
    """The model of this name or path.

    Raises:
        Stop: the extra `torch` is missing; the model is not there, cannot be loaded, or does not classify tokens;
            its tokenizer is not a fast one.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    try:
        import torch
    except ImportError:
        raise Stop(
            f"the entity model «{name}» needs PyTorch: install khabar with its extra, pip install '.[torch]'"
        ) from None
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    folder = _folder(name)
    try:
        model, report = AutoModelForTokenClassification.from_pretrained(
            folder, local_files_only=True, output_loading_info=True, dtype=torch.float32
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # whatever a foreign model raises, a person must mend it
        raise Stop(f"the entity model «{name}» cannot be loaded: {_first_line(error)}") from error
    if missing := sorted(report["missing_keys"]):
        raise Stop(f"«{name}» is no token-classification model: its weights lack {', '.join(missing[:3])}")
    if not getattr(tokenizer, "is_fast", False):
        raise Stop(f"«{name}» has no fast tokenizer (tokenizer.json), without which spans have no offsets")
    names = {int(number): str(label) for number, label in model.config.id2label.items()}
    labels = [names[number] for number in range(len(names))]
    return Loaded(model.eval(), tokenizer, labels, _version(name, model, tokenizer))


def _folder(name: str) -> Path:
    """Where the model lies on this machine."""
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if _HUB_NAME.fullmatch(name):
        from huggingface_hub import try_to_load_from_cache

        cached = try_to_load_from_cache(name, "config.json")
        if isinstance(cached, str):
            return Path(cached).parent
        raise Stop(
            f"there is no entity model «{name}»: it is no folder, and not in this machine's Hugging Face cache "
            f"(`hf download {name}` puts it there)"
        )
    raise Stop(f"there is no entity model «{name}»: no such folder")


def _version(name: str, model: Any, tokenizer: Any) -> str:
    """The last part of its name, and a hash of weights, labels and tokenizer."""
    digest = hashlib.sha256()
    for key, weights in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(weights.contiguous().numpy())
    digest.update(repr(sorted(model.config.id2label.items())).encode())
    digest.update(tokenizer.backend_tokenizer.to_str().encode())
    return f"{Path(name).expanduser().resolve().name}-{digest.hexdigest()[:12]}"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
