"""Are mentions of one thing put together? B³ and LEA, with the mentions that people marked and those found."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.coreference import entities
from pipeline.errors import KhabarError
from pipeline.evaluation.clusters import compare, new_scores
from pipeline.evaluation.columns import lines_of
from pipeline.evaluation.reference import Reference, converted, reference_of
from pipeline.records import EntityType
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger

Clusters = dict[Hashable, Hashable]


class _Entity(msgspec.Struct, frozen=True):
    type: EntityType
    start: int
    end: int
    id: str | None = None


class _Line(msgspec.Struct, frozen=True):
    text: str
    entities: list[_Entity]


def evaluate_mentions(path: Path, tagger: Tagger, references: Mapping[str, Reference]) -> dict[str, Any]:
    """Compare what is put together with who is who.

    The file is JSON Lines of {"text", "entities": [{"type", "start", "end", "id"}]}; where a text's entities have
    no ids, they are looked up in `references` by the text's hash.

    Returns:
        given: with the annotated mentions; `b3` and `lea`, each precision, recall, f1 and its 95 % `interval`.
        found: with the tagger's mentions; one is matched if its borders are exact.
        same_text: the baseline: annotated mentions are one thing if they are letter for letter the same.
        documents, mentions, things: how many are annotated. `model`: the tagger's version.

    Raises:
        KhabarError: the file is empty, unreadable or malformed, or nobody says who is who; with the line.
        Retry, Stop: from the tagger.
    """
    documents = [
        _document(path, number, line, references) for number, line in enumerate(lines_of(path), 1) if line.strip()
    ]
    if not documents:
        raise KhabarError(f"{path} is empty")
    given, found, same = new_scores(), new_scores(), new_scores()
    for text, marked, wanted in documents:
        compare(given, wanted, _clusters(text, marked))
        compare(found, wanted, _clusters(text, tagger.tag([text])[0]))
        compare(same, wanted, {(one.start, one.end): text[one.start : one.end] for one in marked})
    return {
        name: {measure: counted.scores() for measure, counted in scores.items()}
        for name, scores in (("given", given), ("found", found), ("same_text", same))
    } | {
        "documents": len(documents),
        "mentions": sum(len(wanted) for _, _, wanted in documents),
        "things": sum(len(set(wanted.values())) for _, _, wanted in documents),
        "model": tagger.version,
    }


def _clusters(text: str, mentions: Sequence[Mention]) -> Clusters:
    return {(one.start, one.end): one.id for one in entities(text, mentions)}


def _document(
    path: Path, number: int, line: str, references: Mapping[str, Reference]
) -> tuple[str, list[Mention], Clusters]:
    read = converted(path, number, line, _Line)
    for one in read.entities:
        if not 0 <= one.start < one.end <= len(read.text):
            raise KhabarError(f"{path}, line {number}: {one.start} to {one.end} is not inside the text")
    reference = reference_of(read.text, references)
    if all(one.id is not None for one in read.entities):
        wanted: Clusters = {(one.start, one.end): one.id for one in read.entities}
    elif reference is not None:
        wanted = {(start, end): thing for start, end, thing in reference.entities}
    else:
        raise KhabarError(f"{path}, line {number}: the entities have no id, and no reference knows this text")
    marked = [Mention(one.start, one.end, one.type, 1.0) for one in read.entities]
    return read.text, sorted(marked, key=lambda one: one.start), wanted
