"""What the index is asked: the keys of an input, and how many of them a duplicate must share."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.duplicates.fingerprints import Hashes, Signature
from pipeline.duplicates.postings import Keys, Numbers, Postings
from pipeline.duplicates.rule import Rule

# A shingle is indexed if its hash is in the lowest quarter, or among the 16 lowest of its text. Both texts of a
# near pair of similarity s have one of the 16 lowest of their union in common, but for (1 - s) ** 16: 1 in
# 65,000 at 0.5. Of a text of 30 words in a much longer one, 22 shingles are common at 0.8; that none of them is
# in the lowest quarter happens once in 560, of a text of 60 words once in 700,000.
LOWEST = np.uint32(1 << 30)
SHARE = 0.25
AT_LEAST = 16

# How rarely a pair that lies just on a threshold may share fewer keys than are asked for.
MISSED = 1e-5
# Up to so many common shingles that is counted exactly; above, in standard deviations below the mean.
COUNTED = 512
DEVIATIONS = 4.5

_SPREAD = np.uint32(0x9E3779B1)  # odd: no two hashes get one key

#: Places of the keys that an input has besides its shingles.
INPUT, URI, FINGERPRINT, SHINGLES = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """An input's keys, and what the frozen part of the index has of them: places of keys, and other inputs."""

    keys: Keys
    places: Numbers
    numbers: Numbers
    capped: Numbers


def keys_of(name: str, uri: str | None, signature: Signature | None, rule: Rule) -> Keys:
    """The keys of an input, by place; a notice has no text, an old version no uri to be found by."""
    heads = [zlib.crc32(b"i" + name.encode())]
    if uri is not None:
        heads.append(zlib.crc32(b"u" + uri.encode(errors="surrogatepass")))
    if signature is None:
        return np.array(heads, np.uint32)
    heads.append(signature.fingerprint >> 32)
    if signature.words < rule.least_words:
        return np.array(heads, np.uint32)
    return np.concatenate((np.array(heads, np.uint32), indexed(signature.array()) * _SPREAD))


def indexed(hashes: Hashes) -> Hashes:
    """Those of the sorted hashes that are in the index."""
    count = int(np.searchsorted(hashes, LOWEST))
    return hashes[: max(count, AT_LEAST)]


def sightings(postings: Postings, queries: Sequence[Keys]) -> list[Sighting]:
    """Ask for a batch at once: the cost of a block's many small steps is shared."""
    if not queries:
        return []
    ends = np.cumsum([keys.size for keys in queries])
    starts = ends - [keys.size for keys in queries]
    hits = postings.find(np.concatenate(queries))
    order = np.argsort(hits.places, kind="stable")
    places, numbers = hits.places[order], hits.numbers[order]
    first, last = np.searchsorted(places, starts), np.searchsorted(places, ends)
    capped_first, capped_last = np.searchsorted(hits.capped, starts), np.searchsorted(hits.capped, ends)
    return [
        Sighting(
            keys,
            places[first[n] : last[n]] - starts[n],
            numbers[first[n] : last[n]],
            hits.capped[capped_first[n] : capped_last[n]] - starts[n],
        )
        for n, keys in enumerate(queries)
    ]


def enough(
    rule: Rule, signature: Signature, words: Numbers, shingles: Numbers, kept: Numbers
) -> npt.NDArray[np.float64]:
    """How many keys each of these earlier texts must share with this one to be worth a comparison.

    First how many shingles two texts of these lengths have in common at least where one makes the other a
    duplicate or extends it, then how few of those may be indexed.
    """
    here, there = float(signature.shingles), shingles.astype(np.float64)
    least = rule.near / (1 + rule.near) * (here + there)
    if signature.words >= rule.contained_words:
        least = np.minimum(least, rule.contained * here)
    least = np.where(words >= rule.contained_words, np.minimum(least, rule.contained * there), least)
    sample = min(1.0, len(signature.hashes) / 4 / max(here, 1.0))
    share = np.minimum(SHARE, np.minimum(sample, kept / np.maximum(there, 1.0)))
    mean = least * share
    fewest: npt.NDArray[np.float64] = np.floor(mean - DEVIATIONS * np.sqrt(mean * (1 - share)))
    counted = (share == SHARE) & (least < COUNTED)
    fewest[counted] = _fewest()[least[counted].astype(np.int64)]
    return np.maximum(1.0, fewest)


@cache
def _fewest() -> npt.NDArray[np.int64]:
    """For each number of common shingles: how many of them are in the index, but once in `1 / MISSED` pairs."""
    found = np.zeros(COUNTED, np.int64)
    for common in range(1, COUNTED):
        chance = (1 - SHARE) ** common
        below = chance
        while below <= MISSED:
            chance *= (common - found[common]) / (found[common] + 1) * SHARE / (1 - SHARE)
            below += chance
            found[common] += 1
    return found
