"""Clusters: mentions of one thing put together, with one id, the fullest name, and a country's code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.coreference import appositions, organisations, people, places
from pipeline.coreference.names import Name, bare_words, definite, name_of
from pipeline.records import Entity
from pipeline.tagger.mentions import Mention

# Names that share a word with another are compared with so many of its kind at most: work stays linear.
_COMPARED = 100
_FULLER: Mapping[str, Callable[[Name, Sequence[Name]], Name | None]] = {
    "PER": people.fuller,
    "ORG": organisations.fuller,
    "LOC": places.fuller,
}


def entities(text: str, mentions: Sequence[Mention]) -> list[Entity]:
    """The mentions as entities, in their order; pure and deterministic.

    Mentions of one thing are of one type and share `id` (numbered as things first appear) and `canonical`, the
    fullest of their names as the article writes it, without titles. Countries have their ISO 3166-1 `code`.
    """
    names = [name_of(mention.type, text, mention.start, mention.end) for mention in mentions]
    distinct: dict[Name, Name] = {}
    first: dict[tuple[str, tuple[str, ...]], Name] = {}
    for name in names:
        distinct[name] = first.setdefault((name.type, name.words), name)
    things = Things(first.values())
    oman = places.means_oman(text, names)
    codes = {name: places.code(name, oman=oman) for name in things.names if name.type == "LOC"}
    for one, other in appositions.pairs(text, mentions, names):
        things.join(distinct[one], distinct[other])
    for one, other in _alike(things.names, codes):
        things.join(one, other)
    ids: dict[Name, str] = {}
    found = []
    for mention, name in zip(mentions, names, strict=True):
        thing = things.thing(distinct[name])
        members = things.members(thing)
        found.append(
            Entity(
                id=ids.setdefault(thing, f"e{len(ids) + 1}"),
                type=mention.type,
                text=text[mention.start : mention.end],
                start=mention.start,
                end=mention.end,
                score=mention.score,
                canonical=max(members, key=lambda one: (len(one.words), len(one.written))).written,
                code=next((codes[one] for one in members if codes.get(one)), None),
            )
        )
    return found


class Things:
    """Names, joined into things (disjoint sets; a thing is known by the name that came first)."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names = list(names)
        self._order = {name: place for place, name in enumerate(self.names)}
        self._above = {name: name for name in self.names}
        self._members = {name: [name] for name in self.names}

    def thing(self, name: Name) -> Name:
        """The first name of what this names."""
        while self._above[name] != name:
            self._above[name] = self._above[self._above[name]]  # shorter ways for the next who asks
            name = self._above[name]
        return name

    def members(self, thing: Name) -> list[Name]:
        """All its names, in the order of their joining."""
        return self._members[thing]

    def join(self, one: Name, other: Name) -> None:
        """Both name one thing."""
        first, second = sorted((self.thing(one), self.thing(other)), key=self._order.__getitem__)
        if first != second:
            self._above[second] = first
            self._members[first] += self._members.pop(second)


def _alike(names: Sequence[Name], codes: Mapping[Name, str | None]) -> list[tuple[Name, Name]]:
    """Pairs of one thing: one country, one thing that everybody knows, a short name and the fuller one."""
    seen: dict[object, Name] = {}
    joined: list[tuple[Name, Name]] = []
    sharing: defaultdict[tuple[str, str], list[Name]] = defaultdict(list)
    for name in names:
        sure = codes.get(name) or (organisations.known(name.words) if name.type == "ORG" else None)
        if sure is not None:
            joined.append((seen.setdefault((name.type, sure), name), name))
        for word in _handles(name):
            if len(sharing[name.type, word]) < _COMPARED:
                sharing[name.type, word].append(name)
    for name in names:
        fuller = _FULLER.get(name.type)
        others = dict.fromkeys(other for word in _handles(name) for other in sharing[name.type, word])
        found = fuller(name, [other for other in others if other != name]) if fuller else None
        if found is not None:
            joined.append((name, found))
    return joined


def _handles(name: Name) -> set[str]:
    """What a shorter form of the name would share with it: words, of people and organisations without articles."""
    words = bare_words(name.words) if name.type == "ORG" else tuple(map(definite, name.words))
    return {*words, *(word[:3] for word in words if name.type == "ORG")}
