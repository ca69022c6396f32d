"""Attribution: who said what. See `claims`."""

from pipeline.attribution.attributions import claims, version

__all__ = ["claims", "version"]
