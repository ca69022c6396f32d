"""The window: what the one owner of `news.arabic` remembers, in the order of that topic."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from pipeline.duplicates.verdicts import Verdict, VerdictKind, newer
from pipeline.records import Version, shown

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a judgement goes by: whence, when (broker's milliseconds), and which version of which uri."""

    input: str
    received: int
    offset: int
    uri: str
    version: Version


class Window:
    """Judges articles and notices one after the other, and forgets what the window has left behind.

    Its clock is the highest `received` it has seen, so that the same log gives the same answers whenever it
    is read. Judging is a pure question; only `apply` changes what is remembered, and applying the verdicts of
    a log in order rebuilds it.
    """

    def __init__(self, hours: float) -> None:
        self._length = int(hours * HOUR_MS)
        self._now = 0
        self._verdicts: dict[str, Verdict] = {}  # by input
        self._arrivals: deque[Verdict] = deque()  # the same, in order
        self._current: dict[str, Verdict] = {}  # by uri: its newest version
        self._tellers: dict[str, dict[str, Verdict]] = {}  # by fingerprint, then by uri: who tells it, first first

    def __len__(self) -> int:
        return len(self._verdicts)

    def known(self, name: str) -> Verdict | None:
        """The verdict that the input of this name has got before."""
        return self._verdicts.get(name)

    def judge_article(self, item: Input, fingerprint: str) -> Verdict:
        """Unique, a duplicate of what another uri tells, or superseded by a newer version of its own."""
        current = self._current.get(item.uri)
        if current and not newer(item.version, item.offset, current.version, current.offset):
            return _verdict(item, "superseded", of=shown(current.version))
        canonical = self._canonical(fingerprint, item)
        if canonical is None:
            return _verdict(item, "unique", fingerprint=fingerprint)
        return _verdict(item, "duplicate", fingerprint=fingerprint, of=canonical, withdraws=_went_on(current))

    def judge_notice(self, item: Input, *, kill: bool) -> Verdict:
        """A kill or a withdrawal; superseded where a newer version has been seen."""
        current = self._current.get(item.uri)
        if current and not newer(item.version, item.offset, current.version, current.offset):
            return _verdict(item, "superseded", of=shown(current.version))
        return _verdict(item, "kill" if kill else "withdraw", withdraws=_went_on(current))

    def apply(self, verdict: Verdict) -> None:
        """Remember a verdict. Applying one again that is remembered changes nothing."""
        self._now = max(self._now, verdict.received)
        self._forget()
        if verdict.input in self._verdicts:
            return
        self._verdicts[verdict.input] = verdict
        self._arrivals.append(verdict)
        if verdict.kind == "superseded":
            return
        if before := self._current.get(verdict.uri):
            self._replace(before)
        self._current[verdict.uri] = verdict
        if verdict.fingerprint:
            self._tellers.setdefault(verdict.fingerprint, {})[verdict.uri] = verdict

    def _canonical(self, fingerprint: str, item: Input) -> str | None:
        """The enriched article that the first teller within the window is, or is a duplicate of."""
        horizon = max(self._now, item.received) - self._length
        for teller in self._tellers.get(fingerprint, {}).values():
            canonical = teller.uri if teller.kind == "unique" else str(teller.of)
            # A copy of an older version of this very uri does not make the new version a duplicate of itself.
            if item.uri not in (teller.uri, canonical) and teller.received >= horizon:
                return canonical
        return None

    def _replace(self, verdict: Verdict) -> None:
        """A newer version takes this one's place.

        Where it was the enriched one, nothing enriched tells its text any more: its duplicates no longer stop
        the next article that does.
        """
        if verdict.fingerprint and verdict.fingerprint in self._tellers:
            if verdict.kind == "unique":
                del self._tellers[verdict.fingerprint]
            else:
                self._leave(verdict)

    def _forget(self) -> None:
        """Drop what has left the window. An arrival stamped later than its successors only delays theirs."""
        while self._arrivals and self._arrivals[0].received < self._now - self._length:
            verdict = self._arrivals.popleft()
            del self._verdicts[verdict.input]
            self._leave(verdict)
            if self._current.get(verdict.uri) is verdict:
                del self._current[verdict.uri]

    def _leave(self, verdict: Verdict) -> None:
        tellers = self._tellers.get(verdict.fingerprint or "", {})
        if tellers.get(verdict.uri) is verdict:
            del tellers[verdict.uri]
            if not tellers:
                del self._tellers[verdict.fingerprint or ""]


def _went_on(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.kind == "unique"


def _verdict(
    item: Input,
    kind: VerdictKind,
    *,
    fingerprint: str | None = None,
    of: str | int | None = None,
    withdraws: bool = False,
) -> Verdict:
    return Verdict(
        input=item.input, received=item.received, offset=item.offset, uri=item.uri, version=item.version,
        kind=kind, fingerprint=fingerprint, of=of, withdraws=withdraws,
    )  # fmt: skip
