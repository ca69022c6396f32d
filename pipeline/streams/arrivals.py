"""What Faust hands over, as the rest of this room and the stages see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline.outcomes import Arrival
from pipeline.streams import headers
from pipeline.topics import OUTCOMES

# Somebody may write to an internal topic; what are no headers of ours are as if they were not there.
_INPUT = re.compile(r".+/[0-9]{1,9}/[0-9]{1,18}", re.ASCII)
_MILLISECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A Faust event, the arrival that a stage sees of it, and where it came from."""

    event: Any
    arrival: Arrival
    headers: list[tuple[str, bytes]]
    replay_of: str | None
    first: str | None = None

    @classmethod
    def of(cls, event: Any, *, raw: bool, first: str | None = None) -> Delivered:
        """`raw`: this is where the story of an input begins; elsewhere its headers say where it began.

        `first`: the outcome that it had at first, where this is a later move.
        """
        message = event.message
        carried = _pairs(message.headers)
        here = f"{message.topic}/{message.partition}/{message.offset}"
        source = None if raw else headers.read(carried, headers.INPUT)
        received = None if raw else headers.read(carried, headers.RECEIVED)
        arrival = Arrival(
            key=message.key,
            value=message.value,
            input=source if source and _INPUT.fullmatch(source) else here,
            received=int(received) if received and _MILLISECONDS.fullmatch(received) else _now(message),
            position=message.offset,
        )
        replay_of = headers.read(carried, headers.REPLAY_OF)
        first = first or headers.read(carried, headers.FIRST_OUTCOME)
        first = first if first in {topic.outcome for topic in OUTCOMES} else None
        return cls(
            event, arrival, carried, replay_of if replay_of and _INPUT.fullmatch(replay_of) else None, first
        )

    @property
    def whereabouts(self) -> dict[str, str | int]:
        """What a log line says of it."""
        message = self.event.message
        return {
            "uri": (message.key or b"").decode(errors="replace"),
            "topic": message.topic, "partition": message.partition, "offset": message.offset,
            "input": self.arrival.input,
        }  # fmt: skip

    def outgoing(self, outcome: str | None) -> list[tuple[str, bytes]]:
        """The headers of what is sent for it."""
        return headers.outgoing(self.arrival.input, self.arrival.received, outcome, self.replay_of, self.first)

    def error_headers(self, error: BaseException, stage: str) -> list[tuple[str, bytes]]:
        message = self.event.message
        return headers.error_headers(
            error, stage=stage, topic=message.topic, partition=message.partition, offset=message.offset
        )


def _now(message: Any) -> int:
    return int(message.timestamp * 1000)


def _pairs(carried: Any) -> list[tuple[str, bytes]]:
    """The headers, whether Faust gives them as a mapping or as pairs."""
    return list(carried.items() if hasattr(carried, "items") else carried or ())
