"""Duplicates: the one ordered owner that judges every article against all before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.duplicates.fingerprints import fingerprint
from pipeline.duplicates.verdicts import Verdict
from pipeline.duplicates.window import Input, Window
from pipeline.errors import Reject
from pipeline.outcomes import Arrival, Divert, Forward, Outcome, Rejected, Settled
from pipeline.records import (
    Article,
    Duplicate,
    Notice,
    StageReport,
    Superseded,
    decode,
    encode,
    shown,
    with_stage,
)
from pipeline.stages.stage import StatefulStage, internal
from pipeline.topics import ARABIC, DUPLICATES, SUPERSEDED, UNIQUE, VERDICTS


class DuplicatesStage(StatefulStage):
    """Sends on each article that no earlier one in the window tells already. Its log is that of the verdicts."""

    name = "duplicates"
    source = ARABIC
    target = UNIQUE
    diverts = (DUPLICATES, SUPERSEDED)
    state = VERDICTS

    def __init__(self, window_hours: float) -> None:
        self._window_hours = window_hours
        self._window = Window(window_hours)
        self._journal: list[Verdict] = []

    def restore(self, log: Iterable[bytes]) -> int:
        self._window = Window(self._window_hours)
        self._journal = []
        for value in log:
            self._window.apply(decode(value, Verdict))
        return len(self._window)

    def journal(self) -> list[tuple[bytes, bytes]]:
        fresh, self._journal = self._journal, []
        return [(verdict.input.encode(), encode(verdict)) for verdict in fresh]

    def process(self, batch: Sequence[Arrival]) -> list[Outcome]:
        return [self._answer(arrival) for arrival in batch]

    def _answer(self, arrival: Arrival) -> Outcome:
        try:
            record = internal(arrival)
        except Reject as error:
            return Rejected(error)
        verdict = self._window.known(arrival.input)
        if verdict is None:
            verdict = self._judge(arrival, record)
            self._window.apply(verdict)
            self._journal.append(verdict)
        return _outcome(record, verdict)

    def _judge(self, arrival: Arrival, record: Article | Notice) -> Verdict:
        item = Input(
            input=arrival.input, received=arrival.received, offset=arrival.offset,
            uri=record.uri, version=record.version,
        )  # fmt: skip
        if isinstance(record, Notice):
            return self._window.judge_notice(item, kill=record.kind == "kill")
        return self._window.judge_article(item, fingerprint(record.text))


def _outcome(record: Article | Notice, verdict: Verdict) -> Outcome:
    withdrawal = Notice(kind="withdraw", uri=record.uri, version=record.version) if verdict.withdraws else None
    if isinstance(record, Notice):
        if verdict.kind == "kill":
            # Also where nothing is known of the uri: what an older window let pass must go too.
            return Forward(record.uri, record)
        if verdict.kind == "superseded" and record.kind == "kill":
            return _superseded(record, verdict)
        return Forward(record.uri, withdrawal) if withdrawal else Settled()
    if verdict.kind == "superseded":
        return _superseded(record, verdict)
    if verdict.kind == "duplicate":
        diverted = Duplicate(
            uri=record.uri, version=shown(record.version), item=record.item,
            duplicate_of=str(verdict.of), kind="exact", similarity=1.0,
        )  # fmt: skip
        return Divert(DUPLICATES, record.uri, diverted, withdrawal)
    return Forward(record.uri, with_stage(record, "duplicates", StageReport(status="ok")))


def _superseded(record: Article | Notice, verdict: Verdict) -> Outcome:
    item = record.item if isinstance(record, Article) else None
    superseded = Superseded(uri=record.uri, version=shown(record.version), item=item, superseded_by=verdict.of)
    return Divert(SUPERSEDED, record.uri, superseded)
