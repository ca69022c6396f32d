"""What was decided about an input, as it is remembered and kept on the verdicts topic."""

from __future__ import annotations

from typing import Literal

from pipeline.records import Record, Version

VerdictKind = Literal["unique", "duplicate", "superseded", "kill", "withdraw"]


class Verdict(Record, frozen=True, kw_only=True):
    """The judgement of one input; it never changes, so that a repeat gets the same answer.

    `of` is the canonical uri of a duplicate, or the version that superseded. `withdraws`: an older version
    of this uri had gone on, and must be taken back.
    """

    input: str
    received: int
    offset: int
    uri: str
    version: Version
    kind: VerdictKind
    fingerprint: str | None = None
    of: str | int | None = None
    withdraws: bool = False


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
