"""Attributions of an article put together from cues, sources, contents and claimants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from pipeline.attribution.breaks import breaks
from pipeline.attribution.checkworthiness import check_worthiness, checkable
from pipeline.attribution.claimants import Claimants
from pipeline.attribution.contents import content, quotation
from pipeline.attribution.cues import cues
from pipeline.attribution.reading import Reading
from pipeline.attribution.sources import Source, source
from pipeline.attribution.words import Range
from pipeline.records import Claim, Entity, Span

_RULES = (("pipeline.attribution", (".py", ".toml")), ("pipeline.arabic", ("quotations.py", "sentences.py")))
_DEEPEST = 3  # reports inside reports; more is noise, and their texts would grow with the square of the article


def claims(text: str, entities: Sequence[Entity]) -> list[Claim]:
    """The claims of an article in text order: attributions, and checkable statements in the outlet's own voice.

    Pure and deterministic; the work grows with the length of the text. `entities` may be empty: then names
    are guessed from their words, and no claimant is an entity.
    """
    reading = Reading(text, entities)
    found = [*_attributions(reading)]
    statements = _own_voice(reading, found)
    ordered = sorted([*found, *statements], key=_position)
    return [msgspec.structs.replace(claim, id=f"c{number}") for number, claim in enumerate(ordered, 1)]


@cache
def version() -> str:
    """The rules' name and a short hash of the lexicon and of the modules, for a record's `models`."""
    digest = hashlib.sha256()
    for room, suffixes in _RULES:
        for file in sorted(files(room).iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(suffixes):
                digest.update(file.read_bytes())
    return f"khabar-attribution-{digest.hexdigest()[:12]}"


def _attributions(reading: Reading) -> Iterator[Claim]:
    """The attributions in text order; their ids come later."""
    found_cues = cues(reading)
    places = breaks(reading, found_cues)
    claimants = Claimants(reading)
    open_ends: list[int] = []
    told: list[Range] = []
    sentence = -1
    speaking: Source | None = None
    for found in found_cues:
        alone = found.first != sentence
        if alone:
            speaking = None
        named = source(reading, found, alone, speaking)
        sentence = found.first
        held = content(reading, found, named, places)
        if held is None or (found.complement is None and _told(told, held, echo=named is None)):
            continue  # «…، بحسب قوله»: a second cue of the attribution that is there already
        while open_ends and open_ends[-1] <= found.start:
            open_ends.pop()
        span, cue = reading.span(*held), reading.span(found.start, found.end)
        if len(open_ends) >= _DEEPEST or span is None or cue is None:
            continue
        said_by = _source_span(reading, named)
        if not open_ends and named is not None and found.cue.kind in ("verb", "participle"):
            speaking = named
        yield Claim(
            id="",
            source=said_by,
            cue=cue,
            content=span,
            quotation=quotation(reading, found, held),
            factuality=found.cue.lemma.factuality,
            check_worthiness=check_worthiness(_forms(reading, span)),
            claimant=claimants.claimant(
                found, named, said_by.text if said_by else "", nested=bool(open_ends), alone=alone
            ),
        )
        open_ends.append(span.end)
        told = [*told[-3:], held]


def _told(told: list[Range], held: Range, *, echo: bool) -> bool:
    """Does an attribution just before hold most of this content already, or, for an echo, any of it?"""
    start, end = held
    if echo and any(start < since < end for since, _ in told):
        return True
    return any(2 * (min(end, until) - max(start, since)) > end - start for since, until in told)


def _source_span(reading: Reading, named: Source | None) -> Span | None:
    return reading.span(named.start, reading.words[named.end - 1].end) if named else None


def _forms(reading: Reading, span: Span) -> list[str]:
    first, last = reading.word_at(span.start), reading.word_at(span.end)
    return [word.form for word in reading.words[first:last] if word.is_word]


def _own_voice(reading: Reading, attributed: list[Claim]) -> Iterator[Claim]:
    """Sentences of the outlet that state what can be checked, where no attribution reaches; not the headline."""
    taken = iter(sorted(_extent(claim) for claim in attributed))
    start, end = next(taken, (len(reading.text), len(reading.text)))
    titled = len(reading.sentences) > 1 and reading.form(reading.sentences[0][1]) == "\n"
    for first, last in reading.sentences[1 if titled else 0 :]:
        span = reading.span(reading.words[first].start, reading.words[last - 1].end)
        if span is None:
            continue
        while end <= span.start and start < len(reading.text):
            start, end = next(taken, (len(reading.text), len(reading.text)))
        if start < span.end:
            continue
        forms = _forms(reading, span)
        if checkable(forms):
            yield Claim(
                id="",
                source=None,
                cue=None,
                content=span,
                quotation=None,
                factuality="asserted",
                check_worthiness=check_worthiness(forms, own_voice=True),
                claimant=None,
            )


def _extent(claim: Claim) -> Range:
    spans = [span for span in (claim.cue, claim.content, claim.source) if span is not None]
    return min(span.start for span in spans), max(span.end for span in spans)


def _position(claim: Claim) -> Range:
    """Where a claim stands: its cue, or the statement itself."""
    span = claim.cue or claim.content
    return (span.start, span.end) if span else (0, 0)
