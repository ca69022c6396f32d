"""Texts with marked entities, and the attributions found in them as rows, for tests of who speaks."""

from __future__ import annotations

import re

from pipeline.attribution import claims
from pipeline.records import Claim, Entity

Row = tuple[str, str | None, str, str | None]  # cue, source, content, claimant

_MARKED = re.compile(r"\{(PER|ORG|LOC):([^}]*)\}")


def marked(text: str) -> tuple[str, list[Entity]]:
    """The text without its marks, and the entities that «{PER:…}» names."""
    plain, found, behind = "", [], 0
    for match in _MARKED.finditer(text):
        plain += text[behind : match.start()]
        kind, name = match.groups()
        found.append(
            Entity(
                id=f"{kind}-{name}",
                type=kind,  # type: ignore[arg-type]
                text=name,
                start=len(plain),
                end=len(plain) + len(name),
                score=1.0,
                canonical=name,
            )
        )
        plain += name
        behind = match.end()
    return plain + text[behind:], found


def rows(found: list[Claim]) -> list[Row]:
    return [
        (
            claim.cue.text,
            claim.source.text if claim.source else None,
            claim.content.text if claim.content else "",
            claim.claimant.text if claim.claimant else None,
        )
        for claim in found
        if claim.cue
    ]


def attributions(text: str) -> list[Row]:
    """What is found in a marked text."""
    plain, entities = marked(text)
    return rows(claims(plain, entities))
