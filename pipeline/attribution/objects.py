"""Contents without complementiser: the verb's object («نفى وجود …») and what «ب» opens («طالب بعدم …»)."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.attribution.lexicon import Cue
from pipeline.attribution.reading import COMMAS, Reading

# Verbal nouns by their pattern, as they head a content: «استمرار», «تحرير», «إلغاء», «مشاركة»
_VERBAL_NOUN = re.compile(
    r"(?:ت\w{2}ي\w{1,2}|ت\w{3}|ت\wا\w{2}"
    r"|است\w{2}ا\w|است\wا\wة|ا\w{2}\wا\w|ا\w{2}ا[ءلرنمدقفعبجطحتسصكهي]|ا\w?\wا\wة|م\wا\w{2}ة)"
    r"(?:ه|ها|هم|هما)?"
)
_INSERTED = ("في", "امام")
_SHORT = 3  # words of a subject without names


class Object(NamedTuple):
    """The first word of an object, and whether that word says so by itself."""

    begins: int
    sure: bool


def heads_content(reading: Reading, word: int, form: str) -> bool:
    """Is this a verbal noun or another word that heads a content? «وجود», «دخوله», «استمرار»."""
    if reading.entity_at[word] >= 0:
        return False
    heads = reading.lexicon.lists["content_head"]
    return (
        form in heads or form.removesuffix("ها").removesuffix("ه") in heads or bool(_VERBAL_NOUN.fullmatch(form))
    )


def attached(reading: Reading, word: int) -> bool:
    """Is a «ب» written on word `word` that may open a content? Not in «بلاده», «بشدة», «باسم»."""
    form = reading.form(word)
    if not form.startswith("ب") or (len(form) < 4 and form[1:] not in reading.lexicon.lists["content_head"]):
        return False
    if form[1:] in reading.lexicon.lists["content_head"]:
        return reading.entity_at[word] < 0  # «بعدم», though «بعد» begins like it
    if form in reading.lexicon.lists["own_b"] or form.startswith(reading.lexicon.prefixes["own_b"]):
        return False
    number = reading.entity_at[word]
    return number < 0 or reading.entities[number].start > reading.words[word].start


def object_of(reading: Reading, at: int, limit: int, cue: Cue) -> Object | None:
    """Where the content begins when it is the verb's object, behind the subject if one is named.

    «نفت وجود خلاف», «الوزارة تنفي الخبر»: at once. «نفت الوزارة وجود خلاف»: at the verbal noun behind a word
    that can end a noun phrase. «اتهم زيد الحكومة بالتقصير»: behind the first name.
    """
    first = at + 1
    while (
        first < limit
        and first < at + 3
        and (reading.form(first) in ("لا", "الى") or reading.listed("adverbial", first))
    ):
        first += 1
    if first >= limit:
        return None
    plural = cue.kind == "verb" and reading.form(at).endswith("وا")  # the subject stands in front, or nowhere
    if (
        plural
        or heads_content(reading, first, reading.form(first))
        or cue.pronoun
        or cue.kind in ("participle", "noun")
    ):
        return Object(first, sure=True)
    if reading.form(first) in _INSERTED:  # «أنكر في مقطع صوتي وجود سجون»
        inner = range(first + 1, min(limit, first + 12))
        head = next((word for word in inner if heads_content(reading, word, reading.form(word))), None)
        return Object(head, sure=True) if head is not None else None
    guess: int | None = None
    occasions = reading.lexicon.lists["occasion"]
    for word in range(first + 1, limit):
        if reading.form(word) in ("\n", ":", "."):
            break
        if _goes_on(reading, word):
            continue
        if _head_behind_subject(reading, word, first):
            return Object(word, sure=True)
        if (
            guess is None
            and (_behind_subject(reading, word) or (cue.lemma.hearer and _accused(reading, at, first, word)))
            and (cue.lemma.hearer or not reading.listed("title", word))
        ):
            guess = word
        if guess is None and reading.form(word) == "في" and reading.form(word + 1) in occasions:
            guess = _behind_occasion(reading, word + 2)
    if _subject_stands_before(reading, at):
        return Object(first, sure=False)
    if guess is None and cue.lemma.hearer:
        guess = _in_front_of_letter(reading, first, limit)
    while guess is not None and guess < limit - 1 and reading.listed("adverbial", guess):
        guess += 1
    return Object(guess if guess is not None else first, sure=False)


def _in_front_of_letter(reading: Reading, first: int, limit: int) -> int | None:
    """«وصف الرئيس البرازيلي | التوسيع بأنه»: the last definite word or name in front of «ب»."""
    for word in range(first + 2, limit):
        form = reading.form(word)
        if form in ("بانه", "بانها", "بانهم") or form == "ب" or attached(reading, word):
            head = word - 1
            number = reading.entity_at[head]
            while head > first and number >= 0 and reading.entity_at[head - 1] == number:
                head -= 1
            named = number >= 0 or reading.form(head).startswith("ال")
            return head if named and head > first else None
    return None


def _goes_on(reading: Reading, word: int) -> bool:
    """Inside a name, at a mark, or behind a homograph of a cue: no object begins here."""
    number = reading.entity_at[word]
    inside = number >= 0 and number == reading.entity_at[word - 1]
    return inside or not reading.words[word].is_word or reading.form(word - 1) in reading.lexicon.cues


def _head_behind_subject(reading: Reading, word: int, first: int) -> bool:
    form = reading.form(word)
    if form in ("ما", "اي", "ان", "عدم", "وجود"):
        return True
    before = reading.form(word - 1)
    ends = (
        before.startswith(("ال", "لل", "بال", "وال")) or reading.entity_at[word - 1] >= 0 or before in (")", "،")
    )
    ends = ends or word - 1 in reading.closes or (not reading.entities and word - first >= 3)
    return ends and heads_content(reading, word, form)


def _behind_subject(reading: Reading, word: int) -> bool:
    """Has the subject ended in front of this word? Behind a person's or an organisation's name, or «إحداها»."""
    form = reading.form(word)
    if form in ("في", "من", "و"):
        return False
    before = word - 1
    if reading.form(before) in COMMAS and not reading.listed("title", word):
        before -= 1  # «النائبة فلانة، عضو الكتلة، …»
    number = reading.entity_at[before]
    if number < 0:
        return reading.form(before) in ("احداها", "احدهم", "بعضهم", ")")
    kind = reading.entities[number].type
    return kind == "PER" or (kind == "ORG" and not form.startswith("ال") and reading.entity_at[word] < 0)


def _behind_occasion(reading: Reading, word: int) -> int:
    """«أعلنت الوزارة في بيان رسمي | سقوط قتلى»."""
    while reading.form(word) in reading.lexicon.lists["manner_of_occasion"]:
        word += 1
    return word


def _accused(reading: Reading, at: int, first: int, word: int) -> bool:
    """Does the accused begin here, behind a place or a body («اتهمت إيران إسرائيل») or behind nouns alone?

    «يتهم ناشطون الشرطة»: such a plural owns nothing. «اتهم النائب الحكومة»: no adjective, as the genders differ.
    """
    form, number, before = reading.form(word), reading.entity_at[word], reading.entity_at[word - 1]
    if number >= 0 and reading.entities[number].type == "PER" and _office(reading, first):
        return False  # «وصفت النائبة عن الجبهة التركمانية سوسن بيات | الاتفاق»
    if before >= 0 and reading.entities[before].type in ("LOC", "ORG"):
        if number >= 0:
            return number != before and reading.entities[number].start == reading.words[word].start
        return noun_behind_place(reading, word, first)
    if not form.startswith("ال") or word > first + _SHORT:
        return False
    subject = [reading.form(other) for other in range(first, word)]
    if len(subject) == 1 and subject[0].endswith("ون") and not subject[0].startswith("ال"):
        return True
    if not all(other.startswith("ال") for other in subject):
        return False
    verb = reading.form(at)
    if verb.removeprefix("و").startswith("ت") or verb.endswith("ت"):
        return all(other.endswith("ة") for other in subject) and not form.endswith(("ة", "ى", "اء"))
    return not any(other.endswith(("ة", "ات")) for other in subject) and form.endswith("ة")


def noun_behind_place(reading: Reading, word: int, first: int) -> bool:
    """Behind the name of a place that is all the subject, does a noun follow: «طالبت روسيا | حلف الناتو»?"""
    form, before = reading.form(word), reading.entity_at[word - 1]
    if before < 0 or reading.entities[before].type != "LOC" or not reading.words[word].is_word:
        return False
    whole = reading.entities[before].start == reading.words[first].start
    return whole and form[:1] not in ("و", "ب") and not reading.listed("no_subject", word)


def _office(reading: Reading, first: int) -> bool:
    """Does the subject begin with what a person is? «النائبة», «رئيس لجنة», «المتحدث باسم»."""
    bare = reading.form(first).removeprefix("ال")
    return bool({bare, bare.removesuffix("ة"), bare.removesuffix("ي")} & reading.lexicon.lists["roles"])


def _subject_stands_before(reading: Reading, at: int) -> bool:
    """«واشنطن تتهم شركة …», in headlines above all: an imperfect right behind a noun."""
    before = reading.form(at - 1)
    return reading.form(at)[:1] in ("ي", "ت") and before[:1].isalnum() and not reading.listed("link", at - 1)
