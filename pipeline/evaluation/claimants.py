"""Is it the right one who speaks? Claimants against the annotation of who is who and who speaks.

Attributions are matched by their cues, as for the other scores of claims. A claimant is right where
- nobody speaks, and there is none;
- an entity is meant, and it has one most of whose mentions in the article are mentions of that entity;
- words are meant («مصادر محلية»), and it has no entity and says them, or has an entity that they name: half of the
  words of both, at least, are the same (Dice).
An entity is meant and words are given that name it: wrong, since it was not resolved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.attribution.words import words
from pipeline.evaluation.claims import answered
from pipeline.evaluation.reference import Reference, Speaker, reference_of
from pipeline.evaluation.resampling import interval_of_ratio, ratio
from pipeline.records import Claim, Claimant, Entity

KINDS = ("entity", "words", "nobody")
_ENOUGH = 0.5


def evaluate_claimants(
    path: Path | str,
    find: Callable[[str], tuple[Sequence[Entity], Sequence[Claim]]],
    references: Mapping[str, Reference],
) -> dict[str, Any] | None:
    """Compare the claimants that `find` gives with the reference, over the texts that have one; None if none has.

    Returns:
        `accuracy_found`, `interval_found`: over attributions whose cue was found, with the 95 % bootstrap interval
        over articles; `accuracy_all`, `interval_all`: over all, one whose cue was not found being wrong.
        `entity`, `words`, `nobody`: how many of whom that is meant there are in `all`, were `found`, are `right`.

    Raises:
        KhabarError: the file cannot be read, is empty, or a line is not of that form.
    """
    entities: dict[str, Sequence[Entity]] = {}

    def claims(text: str) -> Sequence[Claim]:
        entities[text], found = find(text)
        return found

    articles: list[list[tuple[int, int, int]]] = []
    for article, attributions in answered(path, claims):
        reference = reference_of(article.text, references)
        if reference is None:
            continue
        meant = {one.cue: one.claimant for one in reference.claimants}
        rows = {kind: [0, 0, 0] for kind in KINDS}
        for gold, claim in attributions:
            speaker = meant.get((gold.cue.start, gold.cue.end))
            row = rows[_kind(speaker)]
            row[2] += 1
            if claim is not None:
                row[1] += 1
                row[0] += is_right(article.text, reference, speaker, claim.claimant, entities[article.text])
        articles.append([(row[0], row[1], row[2]) for row in rows.values()])
    return _scores(articles) if articles else None


def is_right(
    text: str, reference: Reference, meant: Speaker | None, given: Claimant | None, entities: Iterable[Entity]
) -> bool:
    """Is the claimant one that is meant? See above; `entities` are those that the claimant's id is of."""
    if meant is None or given is None:
        return meant is None and given is None
    if given.entity is None:
        return any(_alike(text[start:end], given.text) for start, end in meant.words)
    mentions = [(one.start, one.end) for one in entities if one.id == given.entity]
    things = Counter(thing for start, end in mentions if (thing := reference.thing(start, end)) is not None)
    if things and things.most_common(1)[0][0] in meant.entities:
        return True
    return any(
        start < until and since < end and _alike(text[start:end], text[since:until])
        for start, end in meant.words
        for since, until in mentions
    )


def _kind(meant: Speaker | None) -> str:
    if meant is None:
        return "nobody"
    return "entity" if meant.entities else "words"


def _alike(one: str, other: str) -> bool:
    """Dice: twice the words that both have, over the words of both."""
    ours, theirs = (Counter(word.form for word in words(said) if word.is_word) for said in (one, other))
    both = ours.total() + theirs.total()
    return bool(both) and 2 * (ours & theirs).total() / both >= _ENOUGH


def _scores(articles: Sequence[Sequence[tuple[int, int, int]]]) -> dict[str, Any]:
    counts = np.array(articles, dtype=np.float64)  # (articles, kinds, right-found-all)
    each = counts.sum(axis=1)
    scores: dict[str, Any] = {}
    for name, column in (("found", 1), ("all", 2)):
        parts = each[:, [0, column]]
        scores[f"accuracy_{name}"] = round(ratio(parts), 4)
        scores[f"interval_{name}"] = interval_of_ratio(parts)
    for kind, (right, found, total) in zip(KINDS, counts.sum(axis=0).astype(int).tolist(), strict=True):
        scores[kind] = {"right": right, "found": found, "all": total}
    return scores
