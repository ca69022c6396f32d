"""The window: what the one owner of `news.arabic` remembers, in the order of that topic."""

from __future__ import annotations

from collections import deque

from pipeline.duplicates.verdicts import Verdict, newer
from pipeline.records import Version, shown

HOUR_MS = 3_600_000


class Window:
    """Judges articles and notices one after the other, and forgets what the window has left behind.

    Its clock is the highest `received` (the broker's time, ms) it has seen, so that the same log gives the
    same answers whenever it is read. `judge_*` is a pure question; only `apply` changes the state, and
    applying the verdicts of a log in order rebuilds it.
    """

    def __init__(self, hours: float) -> None:
        self._length = int(hours * HOUR_MS)
        self._now = 0
        self._verdicts: dict[str, Verdict] = {}  # by input, in order of arrival
        self._arrivals: deque[Verdict] = deque()
        self._current: dict[str, Verdict] = {}  # by uri: the newest version's
        self._canonical: dict[str, Verdict] = {}  # by fingerprint: the first article that tells it

    def __len__(self) -> int:
        return len(self._verdicts)

    def known(self, input: str) -> Verdict | None:  # noqa: A002 - the header's name
        """The verdict that this input has got before."""
        return self._verdicts.get(input)

    def judge_article(
        self, *, input: str, received: int, offset: int, uri: str, version: Version, fingerprint: str  # noqa: A002
    ) -> Verdict:
        """Unique, a duplicate of an earlier uri, or superseded by a newer version of its own."""
        self._advance(received)
        current = self._current.get(uri)
        if current and not newer(version, offset, current.version, current.offset):
            return Verdict(
                input=input, received=received, offset=offset, uri=uri, version=version, kind="superseded",
                of=shown(current.version),
            )  # fmt: skip
        canonical = self._canonical.get(fingerprint)
        duplicate = canonical is not None and canonical.uri != uri
        return Verdict(
            input=input, received=received, offset=offset, uri=uri, version=version, fingerprint=fingerprint,
            kind="duplicate" if duplicate else "unique",
            of=canonical.uri if canonical and duplicate else None,
            withdraws=duplicate and current is not None and current.kind == "unique",
        )  # fmt: skip

    def judge_notice(
        self, *, kill: bool, input: str, received: int, offset: int, uri: str, version: Version  # noqa: A002
    ) -> Verdict:
        """A kill or a withdrawal; superseded where a newer version has been seen."""
        self._advance(received)
        current = self._current.get(uri)
        if current and not newer(version, offset, current.version, current.offset):
            return Verdict(
                input=input, received=received, offset=offset, uri=uri, version=version, kind="superseded",
                of=shown(current.version),
            )  # fmt: skip
        return Verdict(
            input=input, received=received, offset=offset, uri=uri, version=version,
            kind="kill" if kill else "withdraw",
            withdraws=current is not None and current.kind == "unique",
        )  # fmt: skip

    def apply(self, verdict: Verdict) -> None:
        """Remember a verdict. Applying one twice changes nothing."""
        self._advance(verdict.received)
        if verdict.input in self._verdicts or verdict.received < self._now - self._length:
            return
        self._verdicts[verdict.input] = verdict
        self._arrivals.append(verdict)
        if verdict.kind == "superseded":
            return
        before = self._current.get(verdict.uri)
        if before:
            self._release(before)
        self._current[verdict.uri] = verdict
        if verdict.kind == "unique" and verdict.fingerprint:
            self._canonical[verdict.fingerprint] = verdict

    def _advance(self, received: int) -> None:
        """Move the clock on, and forget what has fallen out of the window.

        Arrivals are nearly in order of time; one that is stamped later than its successors delays their
        forgetting until it goes itself, which is early enough: `judge_*` would have to see them in between.
        """
        self._now = max(self._now, received)
        while self._arrivals and self._arrivals[0].received < self._now - self._length:
            verdict = self._arrivals.popleft()
            del self._verdicts[verdict.input]
            self._release(verdict)
            if self._current.get(verdict.uri) is verdict:
                del self._current[verdict.uri]

    def _release(self, verdict: Verdict) -> None:
        """A replaced, killed or forgotten version no longer stands for its text."""
        if verdict.fingerprint and self._canonical.get(verdict.fingerprint) is verdict:
            del self._canonical[verdict.fingerprint]

