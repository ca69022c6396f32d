"""Telling Arabic from what else arrives on a wire: `detector.detect` and `detector.is_arabic`."""
