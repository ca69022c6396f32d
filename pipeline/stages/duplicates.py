"""Duplicates: the one ordered owner that judges every article against all before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from pipeline import metrics
from pipeline.duplicates.fingerprints import signature
from pipeline.duplicates.postings import BLOCKS
from pipeline.duplicates.rule import Rule
from pipeline.duplicates.verdicts import Verdict, decoded, encoded
from pipeline.duplicates.window import Input, Window
from pipeline.errors import Diverged, Reject
from pipeline.outcomes import Arrival, Divert, Forward, Outcome, Promoted, Rejected, Settled
from pipeline.records import Article, Duplicate, Notice, StageReport, Superseded, shown, with_stage
from pipeline.stages.stage import StatefulStage, internal
from pipeline.topics import ARABIC, DUPLICATES, SUPERSEDED, UNIQUE, VERDICTS

# What a later stage says of an input is an input by itself.
LOST = "!lost"

# A window of three million articles of 300 words needs 8 GB.
LIMIT = 3_000_000


class DuplicatesStage(StatefulStage):
    """Sends on each article that no earlier one in the window tells already. Its log is that of the verdicts."""

    name = "duplicates"
    source = ARABIC
    target = UNIQUE
    diverts = (DUPLICATES, SUPERSEDED)
    state = VERDICTS

    def __init__(self, window_hours: float, limit: int = LIMIT, rule: Rule | None = None) -> None:
        self._hours, self._limit, self._rule = window_hours, limit, rule or Rule()
        self.reset()

    def reset(self) -> None:
        self.window = Window(self._hours, self._limit, self._rule)
        self._unwritten: dict[int, tuple[bytes, bytes]] = {}

    def replay(self, log: Sequence[bytes]) -> None:
        for place, value in enumerate(log):
            if place % BLOCKS[0] == 0:
                self.window.settle()
            verdict = decoded(value)
            decided = self._unwritten.pop(verdict.number, None)
            if decided and decided[1] != value:
                raise Diverged(f"verdict {verdict.number} of {verdict.input} is not what was decided here")
            self.window.apply(verdict, value)
        self._measure()

    def journal(self) -> list[tuple[bytes, bytes]]:
        return list(self._unwritten.values())

    def written(self) -> None:
        self._unwritten.clear()

    def process(self, batch: Sequence[Arrival]) -> list[Outcome]:
        read = [_read(arrival) for arrival in batch]
        inputs = [_input(a, r) for a, r in zip(batch, read, strict=True) if not isinstance(r, Reject)]
        seen = iter(zip(inputs, self.window.look(inputs), strict=True))
        outcomes = [
            Rejected(r) if isinstance(r, Reject) else _outcome(r, self._verdict(r, *next(seen))) for r in read
        ]
        self._measure()
        return outcomes

    def promoted(self, arrival: Arrival) -> Outcome:
        record = internal(arrival)
        (item,) = items = [_input(arrival, record)]
        verdict = self.window.known(item, self.window.look(items)[0])
        if verdict is None or isinstance(record, Notice):
            raise Reject(f"{arrival.input} was to go on after all, but nothing is known of it")
        return Forward(record.uri, _passed(record, verdict, "an earlier article that told this was taken back"))

    def _measure(self) -> None:
        metrics.WINDOW_ARTICLES.set(len(self.window))
        metrics.WINDOW_BYTES.set(self.window.nbytes)
        metrics.WINDOW_AGE.set(self.window.age_ms / 1000)
        for reason, count in self.window.evicted.taken().items():
            metrics.EVICTIONS.labels(reason).inc(count)

    def _verdict(self, record: Article | Notice, item: Input, seen: Any) -> Verdict:
        known = self.window.known(item, seen)
        if known:
            return known
        verdict = self.window.judge(item, seen, kill=isinstance(record, Notice) and record.kind == "kill")
        value = encoded(verdict)
        self.window.apply(verdict, value)
        self._unwritten[verdict.number] = (verdict.input.encode(), value)
        return verdict


def _read(arrival: Arrival) -> Article | Notice | Reject:
    try:
        return internal(arrival)
    except Reject as error:
        return error


def _input(arrival: Arrival, record: Article | Notice) -> Input:
    article = record if isinstance(record, Article) else None
    lost = isinstance(record, Notice) and record.kind == "lost"
    return Input(
        input=arrival.input + LOST if lost else arrival.input, lost=arrival.input if lost else None,
        received=arrival.received, offset=arrival.offset, position=arrival.position,
        uri=record.uri, version=record.version,
        signature=signature(article.text) if article else None,
        outlet=_outlet(article.item) if article else None,
    )  # fmt: skip


def _outcome(record: Article | Notice, verdict: Verdict) -> Outcome:
    outcome = _of_notice(record, verdict) if isinstance(record, Notice) else _of_article(record, verdict)
    return Promoted(outcome, verdict.promotes.position) if verdict.promotes else outcome


def _of_notice(record: Notice, verdict: Verdict) -> Forward | Divert | Settled:
    if record.kind == "lost":
        return Settled()  # the stage that rejected it has taken it back
    if verdict.kind == "kill":
        # Also where nothing is known of the uri: what an older window let pass must go too.
        return Forward(record.uri, record)
    if verdict.kind == "superseded" and record.kind == "kill":
        return _superseded(record, verdict)
    return Forward(record.uri, _withdrawal(record)) if verdict.withdraws else Settled()


def _of_article(record: Article, verdict: Verdict) -> Forward | Divert:
    if verdict.kind == "superseded":
        return _superseded(record, verdict)
    if verdict.resemblance:
        diverted = Duplicate(
            uri=record.uri, version=shown(record.version), item=record.item,
            duplicate_of=verdict.resemblance.of, kind=verdict.resemblance.kind,
            similarity=verdict.resemblance.similarity, exact_only=verdict.exact_only,
            cluster=verdict.cluster, joins=verdict.joins,
        )  # fmt: skip
        return Divert(DUPLICATES, record.uri, diverted, _withdrawal(record) if verdict.withdraws else None)
    return Forward(record.uri, _passed(record, verdict))


def _passed(record: Article, verdict: Verdict, reason: str | None = None) -> Article:
    if verdict.exact_only:
        short = f"{verdict.signature.words if verdict.signature else 0} words: compared for exact copies only"
        reason = f"{reason}; {short}" if reason else short
    record = with_stage(record, "duplicates", StageReport(status="ok", reason=reason))
    return msgspec.structs.replace(record, cluster=verdict.cluster, joins=verdict.joins, extends=verdict.extends)


def _superseded(record: Article | Notice, verdict: Verdict) -> Divert:
    item = record.item if isinstance(record, Article) else None
    superseded = Superseded(uri=record.uri, version=shown(record.version), item=item, superseded_by=verdict.newer)
    return Divert(SUPERSEDED, record.uri, superseded)


def _withdrawal(record: Article | Notice) -> Notice:
    return Notice(kind="withdraw", uri=record.uri, version=record.version)


def _outlet(item: dict[str, Any]) -> str | None:
    """Who published a ninjs item, for lists of clusters: the name of its first source."""
    sources = item.get("infoSources")
    first = sources[0] if isinstance(sources, list) and sources else None
    name = first.get("name") if isinstance(first, dict) else None
    return name[:200] if isinstance(name, str) else None
