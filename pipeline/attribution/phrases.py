"""Noun phrases that name who speaks: where one ends."""

from __future__ import annotations

from pipeline.attribution.objects import attached, noun_behind_place
from pipeline.attribution.reading import COMMAS, DASHES, Reading

_LONGEST = 40


def noun_phrase(reading: Reading, first: int, limit: int, *, hearer: bool = False) -> int:
    """Where the noun phrase that starts at word `first` ends, at `limit` at the latest.

    It ends before adverbials («أمس», «في بيان»), relatives («الذي»), addressees («لوكالة») and commas, but
    goes on over an apposition: «النائبة فلانة، عضو الكتلة، …». `hearer`: behind a verb that may have whom they
    address as its object, also between two names: «دعت مصر | إسرائيل إلى».
    """
    word = first
    limit = min(limit, first + _LONGEST, len(reading.words))
    while word < limit:
        form = reading.form(word)
        if (
            word > first
            and reading.entity_at[word] >= 0
            and reading.entity_at[word] == reading.entity_at[word - 1]
        ):
            word += 1
            continue  # «حركة التحرير - جناح الوادي», «فان دن بوش»
        if form in COMMAS and word > first and form != "؛":
            if reading.listed("title", word + 1):
                word += 2
                continue
            inserted = _apposition(reading, word, first, limit)
            if inserted > word:
                word = inserted
                continue
        if form == "(" and word > first:
            closing = next(
                (other for other in range(word, min(limit, word + 8)) if reading.form(other) == ")"), -1
            )
            if closing >= 0:
                word = closing + 1
                continue
        if word in reading.opens:
            behind = reading.behind(reading.opens[word])
            named = reading.entity_at[word + 1] if word + 1 < len(reading.words) else -1
            whole = named >= 0 and reading.entities[named].end >= reading.words[behind - 1].start
            if (behind - word > 7 and not whole) or behind > limit:
                break
            word = behind
            continue
        if (not reading.words[word].is_word and form not in (".", "/")) or _ends(reading, word, first):
            break
        if hearer and word > first and (_heard(reading, word, first) or _behind_person(reading, word)):
            break
        word += 1
    while (
        word > first
        and reading.form(word - 1) in (*COMMAS, *DASHES, "قد", "و", ".", "ان", "ل", "ب", "الى", "على", "عن")
        and reading.entity_at[word - 1] < 0
    ):
        word -= 1
    return word


def _apposition(reading: Reading, comma: int, first: int, limit: int) -> int:
    """Behind the name or the noun between two commas: «رئيس الوزراء، أليكسيس تسيبراس، إنه»; `comma` if none is."""
    word = comma + 1
    number = reading.entity_at[word] if word < limit else -1
    if number < 0 or reading.entities[number].type != "PER":
        return comma
    people = {reading.entity_at[other] for other in range(first, comma) if reading.entity_at[other] >= 0}
    if any(reading.entities[other].type == "PER" for other in people):
        return comma
    if reading.entities[number].start != reading.words[word].start:
        return comma
    while word < limit and reading.entity_at[word] == number:
        word += 1
    return word if word >= limit or reading.form(word) in COMMAS else comma


def _name_ends(reading: Reading, word: int) -> bool:
    """Behind a person's name: does whom they address follow («حذر فلان دمشق»), or a preposition?"""
    number, before = reading.entity_at[word], reading.entity_at[word - 1]
    if before < 0 or before == number or reading.entities[before].type != "PER":
        return False
    if number >= 0:
        entity = reading.entities[number]
        return entity.type != "PER" and entity.start == reading.words[word].start
    form = reading.form(word)
    manner = form.endswith("ا") and len(form) > 4 and not form.startswith("ال")
    if form in ("في", "على") or (manner and not reading.listed("title", word)):
        return True  # «قال فلان في المقدمة», «على مسرح المدينة»
    return attached(reading, word)


def _heard(reading: Reading, word: int, first: int) -> bool:
    """Does whom they address begin behind the name of a place or a body: «دعت مصر إسرائيل», «أبلغ … الصحفيين»?"""
    number, before = reading.entity_at[word], reading.entity_at[word - 1]
    if before < 0 or number == before:
        return reading.listed("heard", word)
    one = reading.entities[before]
    if number < 0:
        return reading.listed("heard", word) or noun_behind_place(reading, word, first)
    places = one.type in ("LOC", "ORG") and reading.entities[number].type in ("LOC", "ORG")
    return places and reading.entities[number].start == reading.words[word].start


def _behind_person(reading: Reading, word: int) -> bool:
    """Behind a person's name, does whom they address follow: «دعا فلان | المستهلكين»? No title or preposition."""
    before = reading.entity_at[word - 1]
    if before < 0 or reading.entity_at[word] >= 0 or reading.entities[before].type != "PER":
        return False
    form = reading.form(word)
    bare = form.removeprefix("ال")
    roles = reading.lexicon.lists["roles"]
    if reading.listed("title", word) or {bare, bare.removesuffix("ة"), bare.removesuffix("ي")} & roles:
        return False
    return form[:1].isalpha() and form[:1] != "و" and form not in ("من", "عن", "بن", "ال", "آل", "ال")


def _addressed(reading: Reading, word: int, first: int) -> bool:
    """Is this whom they tell it: «لوكالة», «لرويترز», «لـ"الأخبار"»? Not in «الأمين العام لحزب الله»."""
    form, number = reading.form(word), reading.entity_at[word]
    inside = number >= 0 and reading.entities[number].start > reading.words[word].start
    if form in reading.lexicon.lists["addressee"]:
        return inside or number < 0 or reading.entities[number].type != "PER"  # «لي ثي»
    if form[:1] != "ل" or word == first or reading.form(first) in reading.lexicon.lists["document"]:
        return False
    agency = inside and reading.entities[number].type == "ORG"
    told = agency or (number < 0 and (form == "ل" or form[1:].isascii()))
    before = reading.entity_at[word - 1]
    person = before >= 0 and reading.entities[before].type == "PER"
    return told and (person or word == first + 1 or not reading.form(word - 1).startswith("ال"))


def _ends(reading: Reading, word: int, first: int) -> bool:
    if _addressed(reading, word, first) or (word > first and _name_ends(reading, word)):
        return True
    form = reading.form(word)
    lists = reading.lexicon.lists
    if reading.entity_at[word] >= 0:
        entity = reading.entities[reading.entity_at[word]]
        return word == first and form[:1] == "ل" and entity.start > reading.words[word].start
    if form in lists["relative"] or form in lists["adverbial"] or form in lists["that"]:
        return True
    if form == "في":
        owned = reading.form(word + 1).endswith(("ه", "ها")) and reading.entity_at[word + 1] < 0
        return word == first or owned or reading.form(word + 1) in lists["occasion"]
    if word == first and form in ("فيه", "فيها", "به", "بها", "عنه", "عنها"):
        return True
    if form in lists["made"]:
        return True  # «دراسة أجراها معهد», «وثائق أفرج عنها الأرشيف»
    if form == "من" and word == first + 1 and reading.form(first) in lists["generic"]:
        return True  # «أعلن الرئيس من القاهرة»
    if form in ("على", "الى", "عن", "من", "مع", "ب") and word == first:
        return True
    if word == first and form.startswith("بال"):
        return True  # «قال بالحرف الواحد»
    if word == first and form.startswith("ل") and form not in lists["own_l"]:
        return True  # «قال لرويترز إن»
    if form in ("لم", "لن", "لا") and word > first:
        return True  # «نقلت عن مسؤول لم تسمه»
    if form == "على":
        return reading.form(word + 1) in lists["on_occasion"]
    if form in ("قد", "فقد") or (form in ("ردا", "تعليقا") and reading.form(word + 1) == "على"):
        return True
    entry = reading.lexicon.cues.get(form)
    if entry is None or word == first or reading.listed("title", word):
        return False
    return entry.kind in ("participle", "preposition")
