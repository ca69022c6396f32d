"""Sources: the noun phrase that names who speaks, behind the cue, in front of it, or nowhere."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.attribution.addressees import behind_addressee
from pipeline.attribution.cues import Found
from pipeline.attribution.phrases import noun_phrase
from pipeline.attribution.reading import COMMAS, DASHES, Reading
from pipeline.attribution.words import after_letter

_LONGEST = 40
_REACH_BACK = 30
_FEW = 5


class Source(NamedTuple):
    """A source: words `first` to `end`, and the code point where it starts (behind a «و» or «ل» written on)."""

    first: int
    end: int
    start: int


def source(reading: Reading, found: Found, alone: bool, speaking: Source | None = None) -> Source | None:
    """Who speaks; None where nobody is named.

    `alone`: no other cue stands before this one in its sentence, so that a participle has to look for the
    subject of the verb beside it («دافعت الرئيسة عن القرار، معتبرة أن»). `speaking`: whom the sentence has named
    as its speaker so far; a participle has the same («قال المدير إن …، مضيفاً أن»).
    """
    if found.cue.kind == "preposition":
        return _after_preposition(reading, found)
    limit = found.complement.at if found.complement else min(found.last, found.at + _LONGEST)
    if found.complement and found.complement.opening == "object":
        limit = found.complement.begins
    if found.cue.kind == "participle":
        if alone or (speaking is None and not _opens_with_cue(reading, found)):
            return _sentence_subject(reading, found)
        return speaking
    accused = found.cue.lemma.factuality == "alleged" and limit > found.at + 1  # «، واتهمت إيران | إسرائيل»
    goes_on = (found.joined and found.cue.kind == "verb" and not alone and not accused) or reading.form(
        found.at - 1
    ) == "كما"
    if found.cue.lemma.hearer and (goes_on or reading.form(found.at + 1) in ("اولئك", "هؤلاء")):
        return None  # «وطالب الحكومة بجسر»: the noun is who is addressed
    relayed = _relayed(reading, found, limit)
    if relayed is not None or found.cue.lemma.relays:
        return relayed
    if reading.form(found.at) == "بالقول":
        return _content_with(reading, found)
    first = found.at + 1
    if found.cue.lemma.lemma == "جاء في" and reading.form(first) in ("فيه", "فيها"):
        return _author(reading, found)
    if found.cue.lemma.lemma == "جاء في":  # «جاء في بيان الشركة أن»
        return _made(reading, first + 1, noun_phrase(reading, first + 1, limit))
    end = noun_phrase(reading, first, limit, hearer=found.cue.lemma.hearer)
    if end == first and found.complement is not None:
        told = _told(reading, first, limit)
        if told is not None:
            return told
    before = _before(reading, found, empty=end == first) if found.cue.kind == "verb" else None
    return before or _made(reading, first, end)


def _told(reading: Reading, first: int, limit: int) -> Source | None:
    """«وقال لوكالة رويترز مصدر أمني إن»: the subject behind whom they tell it."""
    behind = behind_addressee(reading, first, limit)
    if behind == first or (behind < limit and _not_a_subject(reading, behind)):
        return None
    end = noun_phrase(reading, behind, limit)
    form = reading.form(behind)
    manner = form.endswith("ا") and not form.startswith("ال") and reading.entity_at[behind] < 0
    if form.startswith("بال") or (manner and end == behind + 1):
        return None  # «وقال للصحفيين مبتسما إن», «بالفرنسية»
    return _made(reading, behind, end)


def _made(reading: Reading, first: int, end: int, skip: int = 0) -> Source | None:
    """The source of words `first` to `end`, the first letter left out if `skip`; None if no word is there."""
    if end <= first or (end == first + 1 and not reading.words[first].is_word):
        return None
    start = reading.words[first].start
    return Source(first, end, after_letter(reading.text, start) if skip else start)


def _after_preposition(reading: Reading, found: Found) -> Source | None:
    """«بحسب مصدر», «وفقاً لبيان», «وفق ما ذكر فلان», «حسبما أفاد فلان», «نقلاً عن»."""
    first, skip = found.at + 1, 0
    form = reading.form(found.at)
    if reading.form(first) in ("ما", "عن", "الى", "ل"):
        preposed = reading.form(first) == "ما"
        first += 2 if preposed else 1
        if preposed and reading.form(first) in ("به", "عنه", "اليه", "عليه", "في", "له", "من"):
            first += 1
    elif form.endswith("ما"):
        first += 1
        if reading.form(first) in ("به", "عنه", "من"):
            first += 1
    elif form.endswith(("وفقا", "طبقا")) and reading.form(first).startswith("ل"):
        skip = 1
    if reading.listed("echo", first):
        return None
    end = noun_phrase(reading, first + skip, found.last)
    return _made(reading, first, max(end, first + skip), skip)


def _relayed(reading: Reading, found: Found, limit: int) -> Source | None:
    """Whom another quotes: «نقلت الوكالة عن مسؤول أن», «نسبت إلى مسؤول», «قالت الصحيفة نقلاً عن مسؤول إن»."""
    relays = found.cue.needs if found.cue.lemma.relays else frozenset[str]()
    for word in range(found.at + 1, min(limit, found.at + _LONGEST)):
        form = reading.form(word)
        if form in relays or (form == "عن" and reading.form(word - 1) == "نقلا"):
            return _made(reading, word + 1, noun_phrase(reading, word + 1, limit))
    return None


def _content_with(reading: Reading, found: Found) -> Source | None:
    """«اكتفى المتحدث بالقول إن», «أما الفتى فاكتفى بالقول»."""
    for word in range(found.at - 1, max(found.first - 1, found.at - _REACH_BACK), -1):
        if reading.form(word).endswith(("اكتفى", "اكتفت", "اكتفوا")):
            named = _made(reading, word + 1, noun_phrase(reading, word + 1, found.at))
            return named or _topic(reading, found, word)
    return None


def _topic(reading: Reading, found: Found, verb: int) -> Source | None:
    """«أما المدير فقد أكد أن»."""
    starts = range(found.first, min(verb, found.first + 3))
    topic = next((word for word in starts if reading.form(word) in ("اما", "واما")), None)
    if topic is None or not (reading.form(verb).startswith("ف") or reading.form(verb - 1) in ("فقد", "فان")):
        return None
    return _made(reading, topic + 1, noun_phrase(reading, topic + 1, verb))


def _earlier(reading: Reading, found: Found) -> Source | None:
    """«سبق للوزارة أن نفت», «أن الوزارة سبق أن تعهدت»."""
    for word in range(found.at - 2, max(found.first - 1, found.at - 12), -1):
        if reading.form(word) in ("سبق", "وسبق"):
            if word + 1 < found.at - 1:
                skip = 1 if reading.form(word + 1).startswith("ل") else 0
                return _made(reading, word + 1, found.at - 1, skip)
            return _made(reading, word - 1, word)
    return None


def _before(reading: Reading, found: Found, *, empty: bool) -> Source | None:
    """The subject in front of its verb: «مصدر في الوزارة قال», «أما المدير فقد أكد», «وكان المدير قد قال»."""
    at = found.at
    topic = _topic(reading, found, at)
    if topic is not None or found.joined:
        return topic or (_plural_in_front(reading, found) if empty else None)
    if reading.form(at - 1) == "ان":
        return _earlier(reading, found)
    verb = at - 1 if reading.form(at - 1) in ("قد", "فقد", "لم", "لن", "لا") else at
    aside = reading.form(verb - 1) in COMMAS
    first = _aside_edge(reading, found, verb) if aside else _clause_edge(reading, found)
    while first < verb and reading.listed("link", first):
        first += 1
    if first >= verb or (aside and not empty) or _not_a_subject(reading, first):
        return None
    if reading.form(verb - 1) in ("من", "ما"):
        return None  # «بين من يرى أن»
    end = noun_phrase(reading, first, verb)
    rest = verb - end
    if rest > 2 and not (
        empty and reading.form(end) in (*COMMAS, "في", "على", *reading.lexicon.lists["relative"])
    ):
        return None
    if 0 < rest <= 2 and not (
        aside or reading.form(end) in ("له", "لها", "لهم", "نفسه", "نفسها", "بدوره", "بدورها")
    ):
        return None
    entity = reading.entity_at[first]
    form = reading.form(first)
    joined = form.startswith("وال") and form not in reading.lexicon.lists["own_w"]
    attached = joined or (entity >= 0 and reading.entities[entity].start > reading.words[first].start)
    return _made(reading, first, end, 1 if attached else 0)


def _plural_in_front(reading: Reading, found: Found) -> Source | None:
    """«علماء كثيرون تفرغوا للذاكرة وقالوا إن»: a plural that another plural verb of its sentence follows."""
    if not reading.form(found.at).endswith("وا") or _not_a_subject(reading, found.first):
        return None
    end = next(
        (word for word in range(found.first + 1, found.at) if reading.form(word).endswith("وا")), found.first
    )
    short = end - found.first <= _FEW and all(reading.words[word].is_word for word in range(found.first, end))
    return _made(reading, found.first, end) if short else None


def _aside_edge(reading: Reading, found: Found, verb: int) -> int:
    """Where «لكن والد الفتاة، واسمه فلان، قال» begins: behind «أن», a contrast, a dash, or an adverbial."""
    lists = reading.lexicon.lists
    word = verb - 1
    edge = found.first
    while word > max(found.first, verb - _REACH_BACK):
        form = reading.form(word)
        if form in lists["that"] or form in lists["strong"] or form in DASHES or form in (":", "\n"):
            edge = word + 1
            break
        word -= 1
    while edge < verb and (not reading.words[edge].is_word or reading.form(edge) == "ان"):
        edge += 1
    bare = reading.form(edge).removeprefix("و")
    if bare in ("في", "من", "على", "عن", "بعد", "الى"):  # «وفي التربة، منسقة المنظمة، فلانة، أكدت»
        comma = next((other for other in range(edge, verb - 2) if reading.form(other) in COMMAS), None)
        edge = comma + 1 if comma is not None else edge
    return edge


def _not_a_subject(reading: Reading, first: int) -> bool:
    """Prepositions, adverbials, relatives and verbs do not begin a subject."""
    form = reading.form(first)
    lists = reading.lexicon.lists
    if reading.entity_at[first] >= 0:
        return False
    bare = form[1:] if form[:1] in ("و", "ف") and len(form) > 2 else form
    names = ("relative", "adverbial", "that", "addressee", "no_subject")
    if any(other in lists[name] for name in names for other in (form, bare)):
        return True
    if form.startswith(("بال", "لل", "وبال")):
        return True
    entry = reading.lexicon.cues.get(bare)
    return entry is not None and entry.kind == "verb"


def _clause_edge(reading: Reading, found: Found) -> int:
    """The first word of the clause in front of the cue: behind a comma, «أن», a colon, or the sentence's start."""
    word = found.at
    lists = reading.lexicon.lists
    while word > max(found.first, found.at - _REACH_BACK):
        form = reading.form(word - 1)
        if form in COMMAS or form in DASHES or form in ("\n", ":", "."):
            break
        if (
            (reading.listed("that", word - 1) and reading.entity_at[word - 1] < 0)
            or form in lists["relative"]
            or form in lists["strong"]
        ):
            break
        if reading.listed("because", word - 1):
            break
        word -= 1
    if reading.form(word - 1) in lists["relative"]:
        return word - 1
    return word


def _author(reading: Reading, found: Found) -> Source | None:
    """«وأصدرت الجامعة بيانا جاء فيه»: who issued the paper."""
    for word in range(found.first + 2, found.at):
        if reading.form(word) in reading.lexicon.lists["paper"]:
            end = noun_phrase(reading, found.first + 1, word)
            return _made(reading, found.first + 1, end) if end == word else None
    return None


def _opens_with_cue(reading: Reading, found: Found) -> bool:
    """Is the first word of the sentence a cue, so that its dropped subject is the participle's too?"""
    front = range(found.first, found.at)
    first = next((word for word in front if reading.words[word].is_word), found.at)
    form = reading.form(first)
    cues = reading.lexicon.cues
    return form in cues or form[1:] in cues or reading.listed("link", first)


def _sentence_subject(reading: Reading, found: Found) -> Source | None:
    """The subject of the sentence's verb: «دافعت الرئيسة عن القرار، معتبرة أن»."""
    first = found.first
    while first < found.at and (not reading.words[first].is_word or reading.listed("link", first)):
        first += 1
    if not reading.form(first).startswith("ال") and reading.entity_at[first] < 0:
        first += 1
    end = noun_phrase(reading, first, found.at, hearer=True)  # «وانتقدت موسكو | الخطوة معتبرة أن»
    for word in range(first + 1, end):
        if reading.form(word) in ("عن", "في", "على", "الى", "من", "مع"):
            end = word
            break
    if end <= first or _not_a_subject(reading, first):
        return None
    return _made(reading, first, end)
