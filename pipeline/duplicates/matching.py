"""Which remembered articles a text resembles: candidates from the index, each compared in full."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.duplicates import search
from pipeline.duplicates.fingerprints import Signature
from pipeline.duplicates.memory import DEAD, DUPLICATE, Memory
from pipeline.duplicates.postings import Numbers, Postings
from pipeline.duplicates.rule import Match, Rule

# Candidates are compared so many at a time: most articles have fewer, and of a story that a thousand outlets
# copied the first few settle it.
AT_ONCE = 32

_EXACT = Match("exact", 1.0)


@dataclass(slots=True)
class Matches:
    """What was found: the earliest article that makes this one a duplicate, the earliest that it extends, and the
    labels of all clusters that it belongs to."""

    duplicate: tuple[int, Match] | None = None
    extends: int | None = None
    labels: set[int] = field(default_factory=set)


def matches(
    memory: Memory,
    postings: Postings,
    rule: Rule,
    text: Signature,
    seen: search.Sighting,
    *,
    own: int,
    horizon: int,
) -> Matches:
    """Compare a text with what is remembered since `horizon`; `own` is the hash of its uri.

    Versions of one uri are not compared. A copy that was judged a duplicate of an older version of this very
    uri does not make the new version a duplicate of itself: it is linked, no more.
    """
    exact = _exact(memory, postings, text, seen)
    rest = _resembling(memory, postings, rule, text, seen)
    candidates = np.union1d(exact, rest)
    candidates = candidates[
        (memory.column("state", candidates) != DEAD)
        & (memory.column("received", candidates) >= horizon)
        & (memory.column("uri", candidates) != np.uint64(own))
    ]
    found, equal = Matches(), set(exact.tolist())
    while candidates.size:
        some, candidates = candidates[:AT_ONCE], candidates[AT_ONCE:]
        for number, match in _compared(memory, rule, text, some.tolist(), equal):
            label = memory.one("label", number)
            if found.duplicate and label in found.labels:
                continue
            found.labels.add(label)
            if match.kind == "extends":
                found.extends = number if found.extends is None else found.extends
            elif found.duplicate is None and not _stands_behind(memory, number, own):
                found.duplicate = (number, match)
        if found.duplicate and candidates.size:
            # All that is left to find is other clusters.
            labels = memory.column("label", candidates)
            candidates = candidates[~np.isin(labels, np.array(list(found.labels), np.int64))]
    return found


def _compared(
    memory: Memory, rule: Rule, text: Signature, numbers: list[int], equal: set[int]
) -> list[tuple[int, Match]]:
    others = [number for number in numbers if number not in equal]
    found: dict[int, Match | None] = dict.fromkeys(numbers, _EXACT)
    if others:
        words = [memory.one("words", number) for number in others]
        hashes = [memory.hashes(number) for number in others]
        found.update(zip(others, rule.matches(text.array(), text.words, hashes, words), strict=True))
    return [(number, match) for number, match in found.items() if match]


def _stands_behind(memory: Memory, number: int, uri: int) -> bool:
    return memory.one("state", number) == DUPLICATE and memory.one("root", number) == uri


def _exact(memory: Memory, postings: Postings, text: Signature, seen: search.Sighting) -> Numbers:
    """Those with the same fingerprint."""
    frozen = seen.numbers[seen.places == search.FINGERPRINT].tolist()
    recent = postings.recent([int(seen.keys[search.FINGERPRINT])])
    numbers = np.array(sorted({number for number in (*frozen, *recent) if number >= memory.first}), np.int64)
    equal: Numbers = numbers[memory.column("fingerprint", numbers) == np.uint64(text.fingerprint)]
    return equal


def _resembling(memory: Memory, postings: Postings, rule: Rule, text: Signature, seen: search.Sighting) -> Numbers:
    """Those that share enough keys."""
    keys = seen.keys[search.SHINGLES :]
    capped = seen.capped[seen.capped >= search.SHINGLES]
    counted = seen.places >= search.SHINGLES
    missing, divisor = 0, 1
    if 2 * capped.size > keys.size:
        divisor = 4  # a story with many copies, of which the index has some: those share nearly all keys
    elif capped.size:
        counted &= ~np.isin(seen.places, capped)
        missing = capped.size
    recent = list(postings.recent(keys.tolist()))
    numbers = np.concatenate((seen.numbers[counted], np.array(recent, np.int64)))
    numbers, counts = np.unique(numbers[numbers >= memory.first], return_counts=True)
    if not numbers.size:
        return numbers
    words, shingles, kept = (memory.column(name, numbers) for name in ("words", "shingles", "kept"))
    least = np.maximum(1, search.enough(rule, text, words, shingles, kept) // divisor - missing)
    return numbers[counts >= least]
