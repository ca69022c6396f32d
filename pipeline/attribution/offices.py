"""Offices: the person or organisation of the article that words like «الوزير» and «الجيش» stand for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pipeline.attribution.reading import Reading
from pipeline.attribution.words import words
from pipeline.records import Entity

_ROLE = 8  # words in front of a name that may say what the person is
_PEOPLE = 200
_OF = ("في", "من", "باسم", "لدى", "عن", "على", "ب", "ل")  # behind an indefinite head: «متحدث باسم», «مصدر في»

Forms = tuple[str, ...]


class Offices:
    """Who holds which office, as far as the article says so; it is read once, when it is first asked."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def holder(self, forms: Forms) -> Entity | None:
        """The one person in front of whose name these words stand, or most of them, in the same order.

        «رئيس كردستان العراق» in the headline is who «رئيس إقليم كردستان مسعود بارزاني» names, before or behind it.
        An indefinite «متحدث باسم الشرطة» is nobody that could be looked for; nor is «النيابة» her deputy.
        """
        if not forms or not (forms[0].startswith("ال") or (len(forms) > 1 and forms[1] not in _OF)):
            return None
        head, others = forms[0].removeprefix("ال"), forms[1:]
        if not {head, head.removesuffix("ة")} & self.reading.lexicon.lists["roles"]:
            return None
        people: dict[str, Entity] = {}
        for role, person in self._roles:
            at = next((at for at in reversed(range(len(role))) if role[at].removeprefix("ال") == head), None)
            if at is None:
                continue
            missing = sum(other not in role[at + 1 :] for other in others)
            if missing <= len(others) // 2:
                people.setdefault(person.id, person)
        return next(iter(people.values())) if len(people) == 1 else None

    def bearer(self, forms: Forms) -> Entity | None:
        """The one organisation whose name begins with the word: «الجيش» is «الجيش التركي».

        None if there is none, or more than one.
        """
        if len(forms) != 1 or not forms[0].startswith("ال"):
            return None
        found = self._bearers.get(forms[0].removeprefix("ال"), {})
        return next(iter(found.values())) if len(found) == 1 else None

    @cached_property
    def _roles(self) -> list[tuple[Forms, Entity]]:
        people = [(number, one) for number, one in enumerate(self.reading.entities) if one.type == "PER"]
        return [(tuple(self._in_front(number)), one) for number, one in people[:_PEOPLE]]

    def _in_front(self, number: int) -> Iterator[str]:
        """The words in front of a name, up to a mark or another person."""
        first = self.reading.word_at(self.reading.entities[number].start)
        at = first
        while at > max(first - _ROLE, 0) and self.reading.words[at - 1].is_word:
            before = self.reading.entity_at[at - 1]
            if before >= 0 and self.reading.entities[before].type == "PER":
                break
            at -= 1
        for word in range(at, first):
            form = self.reading.form(word)
            yield form[1:] if form[:1] in ("و", "ف") and form not in self.reading.lexicon.lists["own_w"] else form

    @cached_property
    def _bearers(self) -> dict[str, dict[str, Entity]]:
        found: dict[str, dict[str, Entity]] = {}
        for one in self.reading.entities:
            if one.type == "ORG":
                first = next((word.form for word in words(one.canonical)), "").removeprefix("ال")
                found.setdefault(first, {}).setdefault(one.id, one)
        return found
