"""The headers that a record carries through all stages, and those of a dead letter."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence

from pipeline.errors import KhabarError

Headers = Sequence[tuple[str, bytes]]

#: `topic/partition/offset` of the record on `news.raw`.
INPUT = "khabar-input"
#: The broker's time of that record, in milliseconds.
RECEIVED = "khabar-received"
#: How the story of the input ended; of a tombstone `killed` or `withdrawn`.
OUTCOME = "khabar-outcome"

#: Where the first attempt stands on `news.raw`, if the input is another attempt at an earlier one.
REPLAY_OF = "khabar-replay-of"
#: The record that was replayed: a dead letter, or an old input.
REPLAYED = "khabar-replayed"

#: How the story of the input ended at first, where it went on later: a duplicate that was promoted.
FIRST_OUTCOME = "khabar-first-outcome"

#: Dead letters follow Kafka Connect's names, so that the tools that read those read ours.
ERRORS = "__connect.errors."

#: How many bytes a dead letter had that no topic holds; its value is null.
VALUE_OMITTED = "khabar-value-omitted"

# Of a message the beginning counts, of a stack trace the end: the record with its headers has to fit the topic.
MOST_HEADER_BYTES = 16 * 1024


def read(headers: Headers | Mapping[str, bytes] | None, name: str) -> str | None:
    """The last value of a header, or None where it is missing or no UTF-8."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    values = [value for key, value in pairs if key == name and value is not None]
    try:
        return values[-1].decode() if values else None
    except UnicodeDecodeError:
        return None


def outgoing(
    source: str, received: int, outcome: str | None, replay_of: str | None = None, first: str | None = None
) -> list[tuple[str, bytes]]:
    """The headers of what a stage sends."""
    headers = [(INPUT, source.encode()), (RECEIVED, str(received).encode())]
    if replay_of:
        headers.append((REPLAY_OF, replay_of.encode()))
    if first:
        headers.append((FIRST_OUTCOME, first.encode()))
    if outcome:
        headers.append((OUTCOME, outcome.encode()))
    return headers


def error_headers(
    error: BaseException, *, stage: str, topic: str, partition: int, offset: int
) -> list[tuple[str, bytes]]:
    """What failed, where, and why, under Kafka Connect's names."""
    # A message of ours was written for people: where it was raised tells them nothing.
    trace = "" if isinstance(error, KhabarError) else "".join(traceback.format_exception(error))
    values = {
        "topic": topic,
        "partition": str(partition),
        "offset": str(offset),
        "connector.name": "khabar",
        "task.id": stage,
        "stage": stage.upper(),
        "class.name": type(error).__module__,
        "exception.class.name": type(error).__qualname__,
        "exception.message": str(error) or type(error).__qualname__,
        "exception.stacktrace": trace,
    }
    return [(ERRORS + name, _cut(value, from_end=name.endswith("stacktrace"))) for name, value in values.items()]


def _cut(value: str, *, from_end: bool) -> bytes:
    """As UTF-8, also where the cut goes through a letter."""
    encoded = value.encode(errors="backslashreplace")
    kept = encoded[-MOST_HEADER_BYTES:] if from_end else encoded[:MOST_HEADER_BYTES]
    return kept.decode(errors="ignore").encode()
