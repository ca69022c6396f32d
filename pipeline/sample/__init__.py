"""The sample wire: news that this project wrote itself, in every form that the feeds read.

All of it is fiction; places are real, persons are not. Beside plain articles it holds what a wire does to
those who read it: new versions, late ones, kills, copies, other languages, and each kind of bad input.
`wire/expected.json` says what must become of each record, written by hand from what the record is.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec
import orjson

WIRE = Path(__file__).parent / "wire"
REFUSED = WIRE / "refused"

#: The files in the order in which they are fed, each with the kind of its feed.
FEEDS: tuple[tuple[str, str], ...] = (
    ("agency.ninjs.jsonl", "ninjs"),
    ("archive.ninjs.json", "ninjs"),
    ("partner.ninjs.json", "ninjs"),
    ("gazette.rss", "rss"),
    ("atom.xml", "rss"),
    ("desk.jsonl", "jsonl"),
    ("odd.records.jsonl", "records"),
)
#: What no feed lets through, each with a part of the reason that it gives.
REFUSALS: tuple[tuple[str, str, str], ...] = (
    ("empty.jsonl", "jsonl", "empty feed"),
    ("no-items.rss", "rss", "empty feed"),
    ("no-xml.rss", "rss", "no well-formed XML"),
    ("page.rss", "rss", "no RSS or Atom feed"),
    ("external-entity.rss", "rss", "declares an entity"),
    ("entity-bomb.rss", "rss", "declares an entity"),
    ("over-limit.jsonl.gz", "jsonl", "over the limit"),
)


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What must become of one record, in the order in which its file is fed; `key` is the key on `news.raw`.

    `twin`: the text is there under two uris, whose order on the wire is open. Whichever is first is enriched,
    the other its duplicate; `twin` is the other's uri.
    """

    file: str
    key: str | None
    outcome: Literal["enriched", "twin", "other-language", "superseded", "killed", "dead-letter"]
    twin: str | None = None
    why: str | None = None


def expected() -> list[Expectation]:
    """What must become of each record of `FEEDS`."""
    return msgspec.convert(orjson.loads((WIRE / "expected.json").read_bytes()), list[Expectation])


def expected_counts() -> dict[str, int]:
    """How many records end in each first outcome: those of `pipeline.topics`, and `killed`."""
    counts = Counter[str](expectation.outcome for expectation in expected())
    twins = counts.pop("twin")
    counts["enriched"] += twins // 2
    counts["duplicate"] = twins // 2
    return dict(counts)
