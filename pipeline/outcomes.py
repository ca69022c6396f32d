"""All that a stage can get, and all that it can answer. Neither knows Kafka, Faust, or its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.records import Notice, Record
from pipeline.topics import Topic


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record as it came: its bytes, and where its story began.

    `input` is `topic/partition/offset` of the record on `news.raw` that all this goes back to, and
    `received` the broker's time of that record in milliseconds. Both stay the same when a record is
    delivered twice, so an answer that depends on them is the same both times. `position` is the offset on the
    topic that the stage reads, where a stage of one ordered partition can find the record again.
    """

    key: bytes | None
    value: bytes | None
    input: str
    received: int
    position: int = 0

    @property
    def offset(self) -> int:
        """The offset on `news.raw`: grows with each version of a uri, since one uri stays in one partition."""
        return int(self.input.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Forward:
    """Goes on to the stage's next topic, under its uri."""

    uri: str
    record: Record


@dataclass(frozen=True, slots=True)
class Divert:
    """Ends on another topic. The notice, if any, goes on in its place: an older version must be taken back."""

    topic: Topic
    uri: str
    record: Record
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never will work: the input goes unchanged to the dead-letter topic with this error."""

    error: Exception
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Takes back what a consumer has under this uri: a null value on the next topic."""

    uri: str
    kind: Literal["kill", "withdraw"]


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing leaves: what had to be said of this input has been said on another topic."""


@dataclass(frozen=True, slots=True)
class Promoted:
    """An outcome, and an earlier input of this stage that was diverted and is to go on after all.

    `position` is where its record stands on the stage's own topic; the stage is asked what it becomes.
    """

    outcome: Forward | Divert | Settled
    position: int


Outcome = Forward | Divert | Rejected | Tombstone | Settled | Promoted
