"""Exact duplicates: texts that are equal once spelling and punctuation are folded."""

from __future__ import annotations

from hashlib import blake2b

from pipeline.arabic.normalise import normalised

# 128 bits: among a billion articles the chance that any two unlike ones collide is about 1e-21.
FINGERPRINT_BYTES = 16


def fingerprint(text: str) -> str:
    """A hexadecimal fingerprint of the normalised text; of the text itself where nothing remains of it."""
    return blake2b((normalised(text) or text).encode(), digest_size=FINGERPRINT_BYTES).hexdigest()
