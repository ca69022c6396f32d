"""Cues: the words of the lexicon that have, in this clause, the complement that makes them one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.attribution.complements import Complement, complement
from pipeline.attribution.lexicon import Cue
from pipeline.attribution.objects import heads_content
from pipeline.attribution.phrases import noun_phrase
from pipeline.attribution.reading import COMMAS, Reading
from pipeline.attribution.words import after_letter

_NOUN_REACH = 4
_NOUN_PHRASE = 12
_WHAT_REACH = 6  # behind «ما»: «ما ذُكر قديم» holds no report
_NEEDED_REACH = 25
_AT_ONCE = 3
_RESUMED = frozenset(("عنه", "عنها", "عنهم", "اليه", "اليها", "اليهم", "عليه", "عليها"))
_NEGATIONS = frozenset(("لم", "لن", "لا", "ولم", "ولن", "ولا"))


class Found(NamedTuple):
    """A cue in the text: word `at`, its span in code points, and its complement.

    `joined`: «و» or «ف» is written on it. `first` to `last`: its sentence, in words. Without complement the
    content stands in front («…»، قال فلان) or around («بحسب فلان»).
    """

    at: int
    start: int
    end: int
    cue: Cue
    joined: bool
    first: int
    last: int
    complement: Complement | None


def cues(reading: Reading) -> list[Found]:
    """The cues of the article in text order."""
    found: list[Found] = []
    for first, last in reading.sentences:
        taken = first
        for at in range(first, last):
            if at < taken:
                continue
            for entry, joined in _entries(reading, at):
                cue = _cue_at(reading, at, first, last, entry, joined)
                if cue is not None:
                    found.append(cue)
                    taken = _swallowed(reading, cue)
                    break
    return found


def _entries(reading: Reading, at: int) -> Iterator[tuple[Cue, bool]]:
    """The lexicon's entries for word `at`, and whether a letter is written onto it («وقال», «بالقول»)."""
    form = reading.form(at)
    cues = reading.lexicon.cues
    if form in cues:
        yield cues[form], False
        if form in reading.lexicon.lists["own_w"]:
            return  # «وردت» is not «و» and «ردت»
    if form[:1] in ("و", "ف") and len(form) > 2 and form[1:] in cues:
        yield cues[form[1:]], True
    inner = cues.get(form[1:]) if form[:1] in ("ل", "ب") and len(form) > 4 and form not in cues else None
    if inner is not None and inner.kind == "noun":
        yield inner, True  # «استجابة لدعوة الوزير إلى»
    if form == "بالقول":
        yield cues["القول"], True


def _cue_at(reading: Reading, at: int, first: int, last: int, cue: Cue, joined: bool) -> Found | None:
    """The cue at word `at` of the sentence `first` to `last`, if it is one there."""
    if reading.entity_at[at] >= 0:
        return None  # part of a name
    word = reading.words[at]
    start = after_letter(reading.text, word.start) if joined else word.start

    def found(opened: Complement | None) -> Found:
        return Found(at, start, word.end, cue, joined, first, last, opened)

    if cue.kind == "preposition":
        return found(None) if _says_who(reading, at, last) else None
    if cue.kind == "verb" and not joined and _behind_quotation(reading, at, first):
        return found(None)
    if cue.kind == "noun" and reading.form(at - 1) == "حد":
        return found(None)  # «…، على حد قول فلان»
    if _ruled_out(reading, at, first, last, cue, joined):
        return None
    reach = cue.lemma.near
    if cue.kind == "noun":  # «دعوة رئيس الوزراء فلان الأحزاب إلى»
        reach = max(_NOUN_REACH, noun_phrase(reading, at + 1, min(last, at + _NOUN_PHRASE)) - at + 1)
    if cue.kind == "verb" and reading.form(at - 1) == "ما":
        reach = min(reach, _WHAT_REACH)
    opened = complement(reading, at, cue, min(last, at + 1 + reach), last)
    if opened is not None and opened.opening == "phrase" and reading.form(at - 1) in ("وهو", "وهي"):
        return None  # «تبكي وهي تشير إلى الباب»: a gesture
    if opened is not None and _states_nothing(reading, at, cue, joined, opened):
        return None
    if opened is not None and (opened.opening != "object" or _reports(reading, at, first, cue, opened.begins)):
        return found(opened)
    if cue.kind == "verb" and "before" in cue.takes and _behind_content(reading, at, first):
        return found(None)
    return None


def _ruled_out(reading: Reading, at: int, first: int, last: int, cue: Cue, joined: bool) -> bool:
    """What the lemma asks for is missing, or the word is negated, or no cue at the head of a line."""
    lemma = cue.lemma
    if lemma.first and (cue.pronoun or not (joined or _heads_clause(reading, at, first))):
        return True  # «بينهم»
    if lemma.behind and reading.form(at - 1) not in lemma.behind:
        return True
    if cue.needs and not _needed(reading, at, last, cue):
        return True
    if cue.kind == "noun" and at == first:
        return True
    if cue.kind == "verb" and reading.form(at + 1) in _RESUMED and _relative(reading, at, first):
        return True  # «المبلغ الذي أعلن عنه أمس»
    if lemma.lemma == "كتب" and reading.form(at + 1) == ":":
        return True  # a byline
    return lemma.asserts and reading.form(at - 1) in _NEGATIONS  # «لم ترد الشركة على طلب التعليق»


def _event(reading: Reading, word: int) -> bool:
    """Is word `word` an indefinite verbal noun? «تأخر القطار», not «القرار» and not «ذلك»."""
    form = reading.form(word)
    return not form.startswith(("ال", "ذلك", "هذ")) and heads_content(reading, word, form)


def _relative(reading: Reading, at: int, first: int) -> bool:
    return any(reading.listed("relative", word) for word in range(max(first, at - 3), at))


def _states_nothing(reading: Reading, at: int, cue: Cue, joined: bool, opened: Complement) -> bool:
    """Is the verb without a speaker where it needs one, or is what it makes known a thing and no statement?

    «من يتأخر يعتبر منسحبا», «تبين أن»; «كشفت الشركة عن هاتف جديد», «التي أعلن عن نتائجها».
    """
    form = reading.form(at)[1 if joined else 0 :]
    if form in reading.lexicon.lists["passive"] and opened.at == at + 1:
        speaks = reading.form(at + 1) in reading.lexicon.lists["spokesmen"]
        return not speaks and not _event(reading, opened.begins)
    if cue.kind != "verb" or opened.opening not in ("object", "phrase"):
        return False
    if cue.lemma.unless and any(reading.form(word) in cue.lemma.unless for word in range(at - 3, at + 4)):
        return True  # «أدانت محكمة باريس»: a verdict
    if cue.lemma.events and not _event(reading, opened.begins):
        return True  # «انتقد المدير», but «انتقد تأخر القطار»
    return cue.lemma.presents and reading.listed("presented", opened.begins)


def _reports(reading: Reading, at: int, first: int, cue: Cue, begins: int) -> bool:
    """Is the object one that reports? Not «١١ متهماً في قضية», «أعلن أهالي الحي الحداد», «كذبت تحت القسم»."""
    if cue.kind == "participle" and not _heads_clause(reading, at, first):
        return False
    if any(reading.form(word) in cue.never for word in range(begins, begins + 5)):
        return False
    if reading.listed("no_object", begins) or reading.listed("relative", begins):
        return False
    return reading.words[begins].is_word or begins in reading.opens


def _heads_clause(reading: Reading, at: int, first: int) -> bool:
    """Does word `at` begin its sentence or clause? «…، بيّن المدير أن», «فقد بيّن أن»."""
    if at == first or reading.separates(at - 1) or at - 1 in reading.closes:
        return True
    return reading.form(at - 1) in ("\n", ":", ".") or reading.listed("link", at - 1)


def _needed(reading: Reading, at: int, last: int, cue: Cue) -> bool:
    """Does one of the words that the lemma needs follow? «حمّل الوزارة مسؤولية», «عزا التأخر إلى»."""
    reach = _AT_ONCE if cue.lemma.at_once else _NEEDED_REACH
    forms = (reading.form(other) for other in range(at + 1, min(last, at + reach)))
    return any(form in cue.needs or ("ل" in cue.needs and form.startswith("لل")) for form in forms)


def _says_who(reading: Reading, at: int, last: int) -> bool:
    """Does a speaker follow «وفق», «بحسب», «نقلاً عن»? Not a legal basis: «وفقاً للمادة 3»."""
    form, follows = reading.form(at), reading.form(at + 1)
    if (
        at + 1 >= last
        or reading.form(at - 1) == "على"
        or not (reading.words[at + 1].is_word or at + 1 in reading.opens)
    ):
        return False
    if form.endswith("نقلا") and follows != "عن":
        return False
    if form.endswith("استنادا") and (follows not in ("الى", "ل") or reading.form(at - 1) == "وذلك"):
        return False
    if follows == "لائحة" and not reading.form(at + 2).endswith("اتهام"):
        return False  # «حسب لائحة الترقيات»
    if form.endswith(("وفقا", "طبقا")) and not follows.startswith("ل"):
        return False
    return not (reading.listed("basis", at + 1) or reading.form(at + 2) == "زمني")


def _before_manner(reading: Reading, at: int, first: int) -> int:
    """The word in front of the comma and of «هكذا», «كما», «بهذه الكلمات» that stand before word `at`."""
    back = at - 1
    while back > first and (reading.separates(back) or reading.listed("manner", back)):
        back -= 1
    return back


def _behind_quotation(reading: Reading, at: int, first: int) -> bool:
    """Does a whole quotation stand right in front? «"…"، قال فلان»; «"…"، هكذا اختصر فلان»."""
    back = _before_manner(reading, at, first)
    opened = reading.closes.get(back)
    if opened is None or back - opened < 3 or back == first:
        return False
    alone = opened <= first + 1 or reading.form(opened - 1) in (".", "\n", "؟", "!")
    return alone and reading.form(at + 1) != ":" and reading.form(at + 1) not in reading.lexicon.lists["that"]


def _behind_content(reading: Reading, at: int, first: int) -> bool:
    """Does reported speech stand in front? «وقد «…»، قال فلان»; «…، كما يرى فلان»."""
    back = _before_manner(reading, at, first)
    if back <= first or back == at - 1:
        return False
    comma = any(reading.form(other) in COMMAS for other in range(back, at))
    return back in reading.closes or (comma and reading.form(at - 1) in ("كما", "مثلما", "هكذا"))


def _swallowed(reading: Reading, found: Found) -> int:
    """Up to which word no other cue may begin: «تابع قائلاً», «وفق ما ذكر», «نقلت … قوله»."""
    if found.cue.kind == "preposition":
        after = found.at + 1
        if reading.form(after) in ("ما", "عن", "الى"):
            after += 1
        if reading.form(found.at).endswith("ما") or reading.form(after - 1) == "ما":
            return after + 1
        return after
    if found.complement is None:
        return found.at + 1
    return max(found.complement.swallows, found.at + 1)
