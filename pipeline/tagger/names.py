"""Mentions of one thing in an article: they share an id and the fullest name."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.arabic.normalise import normalised
from pipeline.records import Entity, EntityType
from pipeline.tagger.mentions import Mention


def entities(text: str, mentions: Sequence[Mention]) -> list[Entity]:
    """The mentions as entities, in their order.

    Two mentions are of one thing when they have one type and one name, spelling folded; a person's short name
    («الخزعلي») is the person whose longer name in this article ends or begins with it («قيس الخزعلي»), where
    that is one person only.
    """
    names = [_name(text[mention.start : mention.end]) for mention in mentions]
    fullest: dict[tuple[EntityType, str], str] = {}
    for mention, name in zip(mentions, names, strict=True):
        fullest.setdefault((mention.type, name), text[mention.start : mention.end])
    people = [name for kind, name in fullest if kind == "PER"]
    ids: dict[tuple[EntityType, str], str] = {}
    found = []
    for mention, name in zip(mentions, names, strict=True):
        key = (mention.type, _full_name(name, people) if mention.type == "PER" else name)
        found.append(
            Entity(
                id=ids.setdefault(key, f"e{len(ids) + 1}"),
                type=mention.type,
                text=text[mention.start : mention.end],
                start=mention.start,
                end=mention.end,
                score=mention.score,
                canonical=fullest[key],
            )
        )
    return found


def _name(text: str) -> str:
    return normalised(text) or text


def _full_name(name: str, people: Sequence[str]) -> str:
    """The one longer name that begins or ends with this one, followed to its end; else the name itself."""
    longer = [other for other in people if other.startswith(name + " ") or other.endswith(" " + name)]
    if not longer:
        return name
    longest = max(longer, key=len)
    # «محمد بن سلمان» and «سلمان» in an article with «سلمان العودة» too: nobody can tell who is meant.
    return longest if all(other in longest for other in longer) else name
