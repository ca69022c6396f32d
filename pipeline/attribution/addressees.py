"""Addressees that stand in front of the subject: «وقال لوكالة رويترز | مصدر أمني إن»."""

from __future__ import annotations

from pipeline.attribution.reading import Reading

_CLOSING = {"(": ")", '"': '"'}  # straight marks behind «لـ» open no quotation
_BRACKETS = 8


def behind_addressee(reading: Reading, first: int, limit: int) -> int:
    """The first word behind the addressee at word `first`; `first` itself where none stands there."""
    form, number = reading.form(first), reading.entity_at[first] if first < limit else -1
    lists = reading.lexicon.lists
    if form[:1] != "ل" or first >= limit:
        return first
    if number >= 0:
        inside = reading.entities[number].start > reading.words[first].start
        return _behind_entity(reading, first, limit) if inside else first
    listed = form in lists["addressee"]
    if form != "ل" and not listed:
        return first
    if form.startswith("لل") or form.endswith(("نا", "ه", "ها", "هم")) or form == "لي":
        return first + 1  # «للصحفيين», «لمراسلنا», «له»
    return _behind_name(reading, first + 1, limit, named=form[1:] in lists["press"])


def _behind_name(reading: Reading, word: int, limit: int, *, named: bool) -> int:
    """Behind the name that follows «لوكالة» or a lone «ل»; `named`: the word in front is a name already."""
    lists = reading.lexicon.lists
    if word in reading.opens:
        return min(reading.behind(reading.opens[word]), limit)
    closing = _CLOSING.get(reading.form(word))
    if closing is not None:
        inner = range(word + 1, min(limit, word + _BRACKETS))
        return next((other + 1 for other in inner if reading.form(other) == closing), word)
    if not named:
        word = _behind_entity(reading, word, limit) if reading.entity_at[word] >= 0 else word + 1
    while word < limit and reading.entity_at[word] < 0:
        form = reading.form(word)
        if form not in lists["press"] and (not form.startswith("ال") or form in lists["generic"]):
            break
        word += 1
    return word


def _behind_entity(reading: Reading, word: int, limit: int) -> int:
    number = reading.entity_at[word]
    while word < limit and reading.entity_at[word] == number:
        word += 1
    return word
