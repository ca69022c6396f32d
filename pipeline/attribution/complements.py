"""Complements: what follows a cue in its clause and opens the content."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pipeline.attribution.lexicon import Cue
from pipeline.attribution.objects import attached, heads_content, object_of
from pipeline.attribution.reading import COMMAS, Reading
from pipeline.attribution.words import after_letter

Opening = Literal["that", "quote", "colon", "question", "phrase", "object"]

_PREPOSITIONS = ("الى", "على", "عن", "من", "في")
_THAT_TAKERS = frozenset(("that", "ب", *_PREPOSITIONS))
_SECOND_VERB_REACH = 12


class Complement(NamedTuple):
    """What opens the content.

    `at`: the word that opens it (complementiser, mark, preposition, first word of the object): the source
    stands in front of it. `begins`: the first word of the content, `start` the code point where it begins.
    `swallows`: no other cue may begin in front of this word.
    """

    opening: Opening
    at: int
    begins: int
    start: int
    swallows: int


def complement(reading: Reading, at: int, cue: Cue, limit: int, last: int) -> Complement | None:
    """The first complement behind the cue at word `at` that its lemma takes, before word `limit`.

    `last`: the end of the sentence. Quotations that are names on the way are passed over.
    """
    word = swallows = at + 1
    subordinate = reading.listed("while", at - 1)
    by_letter: int | None = None  # the word with «ب» that may open the content
    while word < limit:
        quotation = reading.opens.get(word)
        if quotation is not None:
            if _speech(reading, at, word, cue, last):
                return _quoted(reading, word, word, swallows)
            word = max(reading.behind(quotation), word + 1)
            continue
        opened = _opened_at(reading, at, word, cue, limit, swallows)
        if opened is not None:
            return opened
        if _by_letter(reading, word, cue):
            if by_letter is None or _surely(reading, word):
                by_letter = word
            if word == at + 1 or _surely(reading, word):
                break
        if _clause_ends(reading, word) or (word > at + 1 and subordinate and _main_verb(reading, word)):
            break
        if cue.lemma.relays and reading.listed("echo", word):
            swallows = word + 1  # «نقلت الوكالة عن مسؤول قوله: "…"»
        if reading.form(word) == "بالقول" or (word <= at + _SECOND_VERB_REACH and _participle(reading, word)):
            swallows = word + 1  # «ختم بالقول», «تابع قائلاً», «استدركت فلانة موضحة أن»
        word += 1
    if by_letter is not None:
        skip = 0 if reading.form(by_letter) == "ب" else 1
        return _from(reading, "phrase", by_letter, by_letter, swallows, skip)
    if "object" in cue.takes and not (cue.pronoun and not cue.lemma.needs):
        found = object_of(reading, at, min(limit, word), cue)
        return _from(reading, "object", found.begins, found.begins, found.begins) if found else None
    return None


def _opened_at(reading: Reading, at: int, word: int, cue: Cue, limit: int, swallows: int) -> Complement | None:
    """What word `word` opens by itself: «أن», a colon, a question, a preposition of the lemma."""
    form, takes = reading.form(word), cue.takes
    if _that(reading, at, word, cue):
        what = object_of(reading, at, word, cue) if "object" in takes else None
        if what is not None and reading.form(what.begins) == "ما":  # «نفت ما ذُكر من أنها»
            return _from(reading, "object", what.begins, what.begins, what.begins)
        return _from(reading, "that", word, word + 1, swallows)
    if form == ":" and "quote" in takes:
        if word + 1 in reading.opens:
            return _quoted(reading, word + 1, word, swallows)
        return _from(reading, "colon", word, word + 1, swallows)
    if "question" in takes and reading.listed("question", word):
        return Complement("question", word, word, reading.words[word].start, swallows)
    if form in takes and form in _PREPOSITIONS and not _occasion(reading, word):
        if form == "من" and _again_with_that(reading, word + 1, limit):
            return None
        earlier = object_of(reading, at, word, cue) if "object" in takes else None
        if earlier is not None and earlier.sure:  # «أعلنت الهيئة فوز فلانة بفارق ألف صوت عن منافسها»
            return _from(reading, "object", earlier.begins, earlier.begins, earlier.begins)
        return _from(reading, "phrase", word, word + 1, swallows)
    if "ل" in takes and form.startswith("ل") and form[1:] in reading.lexicon.lists["content_head"]:
        return _from(reading, "phrase", word, word, swallows, skip=1)
    return None


def _by_letter(reading: Reading, word: int, cue: Cue) -> bool:
    """Does a «ب» that the cue takes stand at word `word`? «طالب بعدم», «اتهمتها المنظمة بإعدام مدنيين»."""
    if "ب" not in cue.takes and not (cue.pronoun and cue.lemma.hearer and "object" in cue.takes):
        return False
    return reading.form(word) == "ب" or attached(reading, word)


def _that(reading: Reading, at: int, word: int, cue: Cue) -> bool:
    """Is word `word` the «أن» of the cue? Not part of a name («سي إن إن»), no «إلا», no conclusion («فإن»).

    Nor where a verb that reports stands right in front: «يظهر فيه رجلان يعتقد أنهما».
    """
    form = reading.form(word)
    if form not in reading.lexicon.lists["that"] or not cue.takes & _THAT_TAKERS or reading.entity_at[word] >= 0:
        return False
    if reading.listed("not_that", word - 1) or (form == "فان" and word > at + 1):
        return False
    if reading.text.startswith("إ", reading.words[word].start) and form == "الا":
        return False
    if cue.pronoun and "object" in cue.takes and not cue.lemma.hearer and reading.form(at - 1) != "ما":
        return False  # «المفاجأة التي استبعدتها هي أن»
    nearer = reading.lexicon.cues.get(reading.form(word - 1))
    if word <= at + 2 or nearer is None or nearer.kind != "verb" or reading.entity_at[word - 1] >= 0:
        return True
    return reading.form(word - 1)[:1] not in ("ي", "ت")


def _from(
    reading: Reading, opening: Opening, at: int, begins: int, swallows: int, skip: int = 0
) -> Complement | None:
    """Content from word `begins`, behind «أن» and an opening mark that follow there; `skip`: without «ب»."""
    that = reading.lexicon.lists["that"]
    if reading.form(begins) == "ب" and opening == "phrase":
        begins += 1
    if begins in reading.opens and reading.form(begins + 1) in that:
        begins += 1
    if reading.form(begins) in that:
        begins, opening, skip = begins + 1, "that", 0
    elif opening == "phrase" and _hope(reading, begins):
        begins, opening = begins + 3, "that"
    if reading.form(begins) in COMMAS:  # «أن، وفق قوله، …»
        begins += 1
    if reading.form(begins) in ("", "\n"):
        return None
    start = reading.words[begins].start
    if skip:
        start = after_letter(reading.text, start)
    return Complement(opening, at, begins, start, max(swallows, begins if opening == "that" else begins + 1))


def _quoted(reading: Reading, mark: int, at: int, swallows: int) -> Complement | None:
    """The quotation that the mark at word `mark` opens: «قال: "…"», «قال تجار "إن …"»."""
    begins = mark + 1
    if reading.form(begins) in ("ان", "انه", "انها", "انهم"):
        begins += 1
    if begins >= len(reading.words):
        return None
    return Complement("quote", at, begins, reading.words[begins].start, swallows)


def _speech(reading: Reading, at: int, mark: int, cue: Cue, last: int) -> bool:
    """Does the mark open what is said, and not a name on the way to it? «قالت «المدار» إن …» has a name."""
    if "quote" not in cue.takes or ("object" in cue.takes and mark > at + 1):
        return False
    behind = reading.behind(reading.opens[mark])
    if reading.listed("naming", mark - 1):
        return False  # «تعليقات مثل "الخائن"», «تحت شعار "معا"»
    if not any(reading.form(word)[:1].isalpha() for word in range(mark + 1, behind)):
        return False  # «تبلغ «29» مليارا»
    number = reading.entity_at[mark + 1] if mark + 1 < len(reading.words) else -1
    if number >= 0 and reading.entities[number].end >= reading.words[max(behind - 2, mark + 1)].start:
        return False
    if behind - mark > 6 or behind >= last:
        return True
    that = reading.lexicon.lists["that"]
    return not any(
        reading.form(word) in that or reading.form(word) == ":" or word in reading.opens
        for word in range(behind, min(last, behind + 12))
    )


def _surely(reading: Reading, word: int) -> bool:
    """Does the «ب» surely open the content? «بـ«…»», «بالإفراج», «بعدم التفكير»."""
    form = reading.form(word)
    return form == "ب" or form[1:3] == "ال" or heads_content(reading, word, form[1:])


def _hope(reading: Reading, word: int) -> bool:
    """«أعرب عن أمله في أن …»: the content begins behind «أن»."""
    owned = reading.form(word).endswith(("ه", "ها", "هم")) and reading.form(word + 1) in ("في", "من", "الى")
    return owned and reading.form(word + 2) in reading.lexicon.lists["that"]


def _clause_ends(reading: Reading, word: int) -> bool:
    """Does the sentence end, or another report or a contrast begin? «… وطالب …», «…، بينما توقع …»."""
    form = reading.form(word)
    if form == "." and _participle(reading, word + 1):
        return True  # no space behind the stop
    if form in ("\n", "؛") or (form in (".", "!", "؟") and reading.stop(word) == word + 1):
        return True
    if form in ("غير", "بيد", "الا") and reading.form(word + 1) in reading.lexicon.lists["that"]:
        return True
    if reading.form(word - 1) in COMMAS and (
        reading.contrasts(word) or form == "كما" or _participle(reading, word)
    ):
        return True
    if form[:1] not in ("و", "ف"):
        return False
    entry = reading.lexicon.cues.get(form[1:])
    return entry is not None and entry.kind == "verb" and form not in reading.lexicon.cues


def _main_verb(reading: Reading, word: int) -> bool:
    """«وبينما نفى الأول الخبر، أكد الثاني …»: behind the comma the main clause begins."""
    entry = reading.lexicon.cues.get(reading.form(word))
    return reading.form(word - 1) in COMMAS and entry is not None and entry.kind == "verb"


def _participle(reading: Reading, word: int) -> bool:
    entry = reading.lexicon.cues.get(reading.form(word))
    return entry is not None and entry.kind == "participle" and not reading.listed("title", word)


def _occasion(reading: Reading, word: int) -> bool:
    """«في بيان», «على حسابه», «عن طريق», «من جهته» say where and how; no content begins there."""
    lists = {"في": "occasion", "على": "on_occasion", "عن": "by_occasion", "من": "by_occasion"}
    name = lists.get(reading.form(word))
    if reading.form(word + 1) in ("هذا", "هذه"):
        word += 1  # «في هذا السياق», not «في هذا الرقم»
    return name is not None and reading.form(word + 1) in reading.lexicon.lists[name]


def _again_with_that(reading: Reading, word: int, limit: int) -> bool:
    """«حذر خبراء من جامعة القاهرة من أن …»: the second «من» is the verb's."""
    that = reading.lexicon.lists["that"]
    return any(reading.form(other) == "من" and reading.form(other + 1) in that for other in range(word, limit))
