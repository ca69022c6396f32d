"""Telling Arabic from what else arrives on a wire."""

from __future__ import annotations

from pipeline.languages.detector import UNDETERMINED, detect, is_arabic

__all__ = ["UNDETERMINED", "detect", "is_arabic"]
