"""What was decided about an input, as it is remembered and kept on the verdicts topic."""

from __future__ import annotations

from typing import Literal

import msgspec

from pipeline.duplicates.fingerprints import Signature
from pipeline.errors import Reject
from pipeline.records import Version

VerdictKind = Literal["unique", "duplicate", "superseded", "kill", "withdraw"]
DuplicateKind = Literal["exact", "near", "contained"]


class Resemblance(msgspec.Struct, frozen=True, array_like=True):
    """Why an article is a duplicate: of which uri, in which way, and how much of it.

    `similarity` is 1.0 for *exact*, the Jaccard similarity for *near*, the contained share for *contained*.
    """

    of: str
    kind: DuplicateKind
    similarity: float


class Promotion(msgspec.Struct, frozen=True, array_like=True):
    """The duplicate that takes the place of what was taken back: its number, and its offset on `news.arabic`."""

    number: int
    position: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The judgement of one input; it never changes, so that a repeat gets the same answer, byte for byte.

    `number` counts the verdicts. `received` is the broker's time of the input in milliseconds, `offset` its
    offset on `news.raw`, `position` that on `news.arabic`. `newer` is the version that superseded,
    `replaces` the number of the one that this version takes the place of.
    `withdraws`: an older version of this uri had gone on, and must be taken back. `cluster` is what the article
    belongs to, `links` the labels of the clusters that it joins, `joins` the names of those that are no more.
    `exact_only`: its text is too short for more.
    `extends` is the uri of an earlier article that this one contains. `root` is a hash of the uri that a
    duplicate stands behind, directly or through others.
    """

    number: int
    input: str
    received: int
    offset: int
    position: int
    uri: str
    version: Version
    kind: VerdictKind
    newer: str | int | None = None
    replaces: int | None = None
    withdraws: bool = False
    promotes: Promotion | None = None
    resemblance: Resemblance | None = None
    extends: str | None = None
    root: int = 0
    exact_only: bool = False
    cluster: str | None = None
    links: list[int] = []
    joins: list[str] = []
    outlet: str | None = None
    # Last: its hashes are the last bytes of the record, and are read there without a copy.
    signature: Signature | None = None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Verdict)


def encoded(verdict: Verdict) -> bytes:
    """A verdict as it is kept: MessagePack, of an article of 300 words some 1,350 bytes, its hashes last."""
    return _ENCODER.encode(verdict)


def decoded(value: bytes) -> Verdict:
    """A verdict that was kept.

    Raises:
        Reject: it is none.
    """
    try:
        return _DECODER.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Reject(f"no verdict: {error}") from None


def newer(version: Version, offset: int, than: Version, than_offset: int) -> bool:
    """Is this version the newer one? By number, else by the time of creation, else by offset on `news.raw`.

    A criterion counts where both versions have it and it tells them apart; equal versions of one offset are
    not newer.
    """
    if version.number is not None and than.number is not None and version.number != than.number:
        return version.number > than.number
    if version.created and than.created and version.created != than.created:
        return version.created > than.created
    return offset > than_offset
