"""The clusters of the window, from the duplicates stage's log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime

from pipeline.assembly import rule
from pipeline.duplicates.memory import DEAD, UNIQUE
from pipeline.duplicates.window import Window
from pipeline.kafka.reading import read_from
from pipeline.records import Record
from pipeline.settings import Settings
from pipeline.stages.duplicates import DuplicatesStage
from pipeline.topics import VERDICTS


class Member(Record, frozen=True, kw_only=True):
    """An article of a cluster: who published it, when it came (RFC 3339), whether it went on, and why not."""

    uri: str
    outlet: str | None
    received: str
    state: str
    duplicate_of: str | None
    kind: str | None
    similarity: float | None
    extends: str | None


class ClusterView(Record, frozen=True, kw_only=True):
    """Two articles or more that tell one story, the earliest first."""

    cluster: str
    articles: int
    outlets: list[str]
    first: str
    last: str
    members: list[Member]


async def clusters(settings: Settings) -> list[ClusterView]:
    """Those in the window, newest first.

    Raises:
        Stop: the broker does not answer, or the topic is missing.
        Reject: the topic holds what is no verdict.
    """
    stage = DuplicatesStage(settings.duplicates_window_hours, settings.duplicates_limit, rule(settings))
    async with aclosing(read_from(settings, VERDICTS, 0)) as chunks:
        async for records in chunks:
            stage.replay([record.value for record in records if record.value is not None])
    return sorted(views(stage.window), key=lambda view: (view.last, view.cluster), reverse=True)


def views(window: Window) -> Iterator[ClusterView]:
    """The clusters of a window, in no order. What was killed or replaced by a newer version is no member."""
    memory = window.memory
    for _, cluster in window.clusters:
        living = [n for n in cluster.members if n >= memory.first and memory.one("state", n) != DEAD]
        members = [_member(window, number) for number in living]
        if len(members) > 1:
            yield ClusterView(
                cluster=cluster.name,
                articles=len(members),
                outlets=sorted({member.outlet for member in members if member.outlet}),
                first=min(member.received for member in members),
                last=max(member.received for member in members),
                members=members,
            )


def _member(window: Window, number: int) -> Member:
    verdict = window.memory.verdict(number)
    found = verdict.resemblance
    return Member(
        uri=verdict.uri,
        outlet=verdict.outlet,
        received=datetime.fromtimestamp(verdict.received / 1000, UTC).isoformat(timespec="milliseconds"),
        state="unique" if window.memory.one("state", number) == UNIQUE else "duplicate",
        duplicate_of=found.of if found else None,
        kind=found.kind if found else None,
        similarity=found.similarity if found else None,
        extends=verdict.extends,
    )
