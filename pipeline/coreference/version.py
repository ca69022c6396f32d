"""Which rules of coreference these are."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files


@cache
def version() -> str:
    """Their name and a short hash of modules, lexicon and countries, for a record's `models`."""
    digest = hashlib.sha256()
    for file in sorted(files("pipeline.coreference").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith((".py", ".toml", ".tsv")):
            digest.update(file.read_bytes())
    return f"khabar-coreference-{digest.hexdigest()[:12]}"
