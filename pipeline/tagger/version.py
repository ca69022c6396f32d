"""Which model this is."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from pipeline.tagger.files import CALIBRATION, MODEL, MODEL_DATA, TOKENIZER


@cache
def model_version(folder: Path) -> str:
    """Name and hash of a model's files; 20 ms, once."""
    digest = hashlib.sha256()
    for name in (MODEL, MODEL_DATA, TOKENIZER):
        digest.update((folder / name).read_bytes())
    if (folder / CALIBRATION).exists():
        digest.update((folder / CALIBRATION).read_bytes())
    return f"khabar-entities-{digest.hexdigest()[:12]}"
