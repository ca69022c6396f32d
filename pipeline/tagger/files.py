"""The files of the model that ships."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
MODEL = "model.xml"
MODEL_DATA = "model.bin"
TOKENIZER = "tokenizer.json"
CALIBRATION = "calibration.json"  # may be missing: then scores are as the decoder makes them
