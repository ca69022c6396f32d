"""What is kept of a text: a fingerprint for *exact*, and its hashed word 3-shingles for *near* and *contained*."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

import msgspec
import numpy as np
import numpy.typing as npt

from pipeline.arabic.normalise import normalised

Hashes = npt.NDArray[np.uint32]

SHINGLE_WORDS = 3

# The most shingles that are kept, the smallest ones: 16 KB, so that a flood of articles of 512 KiB cannot fill
# the memory. Of 20,329 articles of 14 newspapers 3 are longer. Those are compared by the sample.
MOST_HASHES = 4096

# 64 bits: among three million articles the chance that any two unlike ones collide is 2e-7.
FINGERPRINT_BYTES = 8

# A word is a polynomial of its letters, a shingle a sum of its words, each turned so that order counts. The
# numbers are odd: their powers never become 0 modulo 2**64.
_PLACES = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_HIGH = np.uint64(32)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The last steps of splitmix64: each bit of the input moves each bit of the output."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_LETTERS = _mixed(np.arange(1, 0x10001, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """A text as it is compared: words, different shingles, and of those the smallest hashes, sorted.

    `hashes` holds unsigned 32-bit integers, little-endian. It is all of them unless there are more than
    `MOST_HASHES`. Two shingles share a hash once in four billion, which moves a similarity by one shingle.
    """

    fingerprint: int
    words: int
    shingles: int
    hashes: bytes

    def array(self) -> Hashes:
        return np.frombuffer(self.hashes, "<u4")


def comparable(text: str) -> str:
    """The text normalised, ta marbuta folded too: words between single spaces, perhaps none."""
    return normalised(text).replace("ة", "ه")


def signature(text: str) -> Signature:
    """What is kept of the text. Where no word remains of it, it is compared as it is."""
    folded = comparable(text)
    words = word_hashes(folded)
    hashes = shingle_hashes(words)
    digest = blake2b((folded or text).encode(errors="surrogatepass"), digest_size=FINGERPRINT_BYTES).digest()
    return Signature(
        fingerprint=int.from_bytes(digest, "little"),
        words=len(words),
        shingles=len(hashes),
        hashes=hashes[:MOST_HASHES].tobytes(),
    )


def word_hashes(folded: str) -> npt.NDArray[np.uint64]:
    """A hash for each word between single spaces."""
    signs = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    if signs.size == 0:
        return np.empty(0, np.uint64)
    powers, inverses = _powers(1 << max(12, int(signs.size).bit_length()))
    spaces = np.flatnonzero(signs == 0x20)
    starts = np.concatenate(([0], spaces + 1))
    values = (_LETTERS[signs & 0xFFFF] + (signs >> 16)) * powers[: signs.size]
    values[spaces] = 0
    # Each letter was weighed by its place in the text; what counts is its place in the word.
    return _mixed(np.add.reduceat(values, starts) * inverses[starts])


@cache
def _powers(count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The first `count` powers of an odd number modulo 2**64, and of its inverse."""
    base = 0xD1342543DE82EF95
    return tuple(  # type: ignore[return-value]
        np.multiply.accumulate(np.array([1] + [number] * (count - 1), np.uint64))
        for number in (base, pow(base, -1, 1 << 64))
    )


def shingle_hashes(words: npt.NDArray[np.uint64]) -> Hashes:
    """The different 3-shingles, as sorted 32-bit hashes; of one or two words a single one of all of them."""
    if words.size == 0:
        return np.empty(0, np.uint32)
    if words.size < SHINGLE_WORDS:
        sums = np.sum(words * _PLACES[: words.size], keepdims=True)
    else:
        sums = words[:-2] * _PLACES[0] + words[1:-1] * _PLACES[1] + words[2:] * _PLACES[2]
    hashes = (_mixed(sums) >> _HIGH).astype(np.uint32)
    hashes.sort()
    return hashes[np.concatenate(([True], hashes[1:] != hashes[:-1]))]
