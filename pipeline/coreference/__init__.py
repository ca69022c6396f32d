"""Coreference: which mentions of an article name one thing, what its fullest name is, and which country it is.

Mentions in, entities out; offsets are passed on as they are. `clusters` puts together what the others say: a
module each for people, organisations, places, and for two names that stand side by side.
"""

from pipeline.coreference.clusters import entities
from pipeline.coreference.version import version

__all__ = ["entities", "version"]
