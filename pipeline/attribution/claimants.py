"""Claimants: who speaks, resolved over the article."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from pipeline.attribution.cues import Found
from pipeline.attribution.objects import heads_content
from pipeline.attribution.offices import Offices
from pipeline.attribution.reading import Reading
from pipeline.attribution.sources import Source
from pipeline.attribution.words import words
from pipeline.records import Claimant, Entity

_REMEMBERED = 50
_PEOPLE = 200
_SUBJECT_REACH = 8  # words in front of a subject
_MARKS = 4
_DAMMA = "\u064f"
_TURNS = frozenset(
    f"{side}{whose}" for side in ("جانب", "جهت", "ناحيت", "طرف", "بدور") for whose in ("ه", "ها", "هم")
)


class Speaker(NamedTuple):
    """Somebody who has spoken: the claimant, and the folded words of the sources that named them."""

    claimant: Claimant
    forms: frozenset[str]


class Claimants:
    """Resolves the speakers of one article, attribution by attribution in text order."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.speakers: list[Speaker] = []
        self.latest: Claimant | None = None
        self.people = _people(reading)
        self.offices = Offices(reading)
        self.spoken: set[int] = set()  # first words of the sentences that hold a cue

    def claimant(
        self, found: Found, source: Source | None, text: str, *, nested: bool, alone: bool
    ) -> Claimant | None:
        """Who speaks: for a dropped subject the speaker before, for a short or generic name the fuller one.

        `text`: the words of the source. `nested`: a report inside a report; its speaker is not the one that
        a later «وأضاف» goes on with. `alone`: no cue stands before this one in its sentence. None where nobody
        speaks, and where it is not sure who does.
        """
        self.spoken.add(found.first)
        if source is None:
            if found.cue.lemma.silent or _impersonal(self.reading, found):
                return None
            if _swallowed(self.reading, found, alone=alone):
                self.latest = self.latest if nested else None  # nor is it sure who goes on
                return None
            if alone and not nested:
                self.latest = self._turned(found) or (self._acting(found) if found.joined else self.latest)
            return self.latest
        speaker = self._speaker(source, text)
        self.speakers = [*self.speakers[-_REMEMBERED:], speaker]
        if not nested:
            self.latest = speaker.claimant
        return speaker.claimant

    def _turned(self, found: Found) -> Claimant | None:
        """«من جانبه، انتقد القائد فلان القرار. وقال»: whose turn it has been in the sentence in front."""
        before = bisect_left(self.reading.sentences, (found.first, 0)) - 1
        if before < 0 or self.reading.sentences[before][0] in self.spoken:
            return None
        first, last = self.reading.sentences[before]
        if not {self.reading.form(first).lstrip("وف"), self.reading.form(first + 1)} & _TURNS:
            return None
        inside = (self.reading.entity_at[word] for word in range(first, last))
        people = (self.reading.entities[number] for number in inside if number >= 0)
        person = next((one for one in people if one.type == "PER"), None)
        return Claimant(entity=person.id, text=person.canonical) if person else None

    def _acting(self, found: Found) -> Claimant | None:
        """«لكن فلان يرفض هذا الرقم، ويقول إن»: who acts in the clause in front, None if that is not sure.

        Where that clause names nobody, the speaker before.
        """
        entities = self.reading.entities
        front = range(found.first, found.at)
        numbers = dict.fromkeys(number for word in front if (number := self.reading.entity_at[word]) >= 0)
        names = [entities[number] for number in numbers if entities[number].type in ("PER", "ORG")]
        if not names:
            return self.latest
        people = {person.id: self._fuller(person) for person in names if person.type == "PER"}
        person = next(iter(people.values()), None)
        reach = self.reading.word_at(names[0].start) - found.first
        if person is None or len(people) > 1 or reach > _SUBJECT_REACH or names[0].type != "PER":
            same = self.latest is not None and {self.latest.entity} == {name.id for name in names}
            return self.latest if same else None
        return Claimant(entity=person.id, text=person.canonical)

    def _speaker(self, source: Source, text: str) -> Speaker:
        forms = frozenset(self.reading.form(word) for word in range(source.first, source.end))
        entity = self._entity(source)
        if entity is not None:
            entity = self._fuller(entity)
            return Speaker(Claimant(entity=entity.id, text=entity.canonical), forms)
        for speaker in reversed(self.speakers):
            if self._same(source, forms, speaker):
                return Speaker(speaker.claimant, forms | speaker.forms)
        in_order = tuple(self.reading.form(word) for word in range(source.first, source.end))
        entity = self.offices.holder(in_order) or self.offices.bearer(in_order)
        if entity is not None:
            return Speaker(Claimant(entity=entity.id, text=entity.canonical), forms)
        return Speaker(Claimant(entity=None, text=text), forms)

    def _entity(self, source: Source) -> Entity | None:
        """The person in the source, else the name that it begins with.

        «وزير الخارجية الأمريكي جون كيري» is the person; «مصدر في وزارة الدفاع» stays unnamed.
        """
        numbers = sorted({self.reading.entity_at[word] for word in range(source.first, source.end)} - {-1})
        inside = [self.reading.entities[number] for number in numbers]
        person = next((entity for entity in inside if entity.type == "PER"), None)
        named = range(source.first, source.end)  # behind the mark in «قالت "هيومن رايتس ووتش"»
        first = next((word for word in named if self.reading.words[word].is_word), source.first)
        head = self.reading.entity_at[first]
        return person or (self.reading.entities[head] if head >= 0 else None)

    def _fuller(self, entity: Entity) -> Entity:
        """«كيري» is «جون كيري», where the article has one person whose name holds all its words and more."""
        if entity.type != "PER":
            return entity
        short = _forms(entity.canonical)
        fuller = [person for name, person in self.people.items() if short < name]
        return fuller[0] if len(fuller) == 1 else entity

    def _same(self, source: Source, forms: frozenset[str], speaker: Speaker) -> bool:
        """«الوزير» is «وزير الخارجية جون كيري», «كيري» is «جون كيري», «الأخير» whoever spoke last."""
        if forms <= speaker.forms:
            return True
        head = self.reading.form(source.first)
        if source.end - source.first > 3 or head not in self.reading.lexicon.lists["generic"]:
            return False
        if head in ("الاخير", "الاخيرة") or head in speaker.forms:
            return True
        bare = head.removeprefix("ال")
        return any(form in speaker.forms for form in (bare, bare + "ها", bare + "ه", bare + "هم"))


def _people(reading: Reading) -> dict[frozenset[str], Entity]:
    """The first mention of each person of the article, by the words of the name; so many at most."""
    people: dict[frozenset[str], Entity] = {}
    for entity in reading.entities:
        if entity.type == "PER" and len(people) < _PEOPLE:
            people.setdefault(_forms(entity.canonical), entity)
    return people


def _forms(name: str) -> frozenset[str]:
    return frozenset(word.form for word in words(name) if word.is_word)


def _impersonal(reading: Reading, found: Found) -> bool:
    """«يتوقع أن», «يُعتقد أن»: an imperfect at the head of its sentence with «أن» at once and nobody named.

    Or a perfect that is written as a passive: «ذُكر أن».
    """
    opened = found.complement
    if reading.text[found.start + 1 : found.start + 2] == _DAMMA and reading.text[found.start] not in "يتن":
        return True
    if opened is None or opened.opening != "that" or opened.at != found.at + 1:
        return False
    bare = reading.form(found.at)[1 if found.joined else 0 :]
    if bare in reading.lexicon.lists["impersonal"]:
        return found.at == _head(reading, found)
    return found.at == found.first and bare.startswith("ي")


def _swallowed(reading: Reading, found: Found, *, alone: bool) -> bool:
    """«واتهمت إيران إسرائيل» where nothing says who of the two it is: the content holds the subject."""
    opened = found.complement
    if opened is None or opened.opening != "object" or found.cue.kind != "verb" or found.cue.pronoun:
        return False
    if opened.begins > found.at + 1 or (found.joined and not alone):
        return False  # «…، واتهم الوزارة»: who spoke before, as a rule
    accuses = found.cue.lemma.hearer and found.cue.lemma.factuality == "alleged"
    return accuses or not heads_content(reading, opened.begins, reading.form(opened.begins))


def _head(reading: Reading, found: Found) -> int:
    """The first word of the cue's sentence, behind a line end or a few marks."""
    front = range(found.first, min(found.at, found.first + _MARKS))
    return next((word for word in front if reading.words[word].is_word), front.stop)
