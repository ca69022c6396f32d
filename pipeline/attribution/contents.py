"""Contents: where what is reported begins and ends, and how it is quoted."""

from __future__ import annotations

from bisect import bisect_left

from pipeline.attribution.breaks import Breaks, aside
from pipeline.attribution.complements import Complement
from pipeline.attribution.cues import Found
from pipeline.attribution.reading import COMMAS, Reading
from pipeline.attribution.sources import Source
from pipeline.attribution.words import Range, after_letter
from pipeline.records import Quotation

_FEW = 4  # words in front of «بحسب …» that are only an opening: «ومن المتوقع، حسب مصدر، أن …»
_CLAUSE_REACH = 60
_SOURCE_REACH = 14
_QUOTATIONS_LOOKED_AT = 40


def content(reading: Reading, found: Found, source: Source | None, places: Breaks) -> Range | None:
    """The content of an attribution in code points, without quotation marks around it; None if there is none."""
    if found.complement is not None:
        return _forward(reading, found, found.complement, places)
    return _around(reading, found, source, places)


def quotation(reading: Reading, found: Found, held: Range) -> Quotation:
    """`direct`: all in marks that do not hold the cue too; `mixed`: partly; a name in marks does not count."""
    start, end = held
    number = reading.quote_at[min(reading.word_at(start), len(reading.words) - 1)]
    if number >= 0 and reading.quote_at[found.at] != number:
        around = reading.quotations[number]
        if (
            around.inner_start <= start
            and end <= around.inner_end
            and not around.start <= found.start < around.end
        ):
            return "direct"
    first = bisect_left(reading.quotations, (start,))
    for inner in reading.quotations[first : first + _QUOTATIONS_LOOKED_AT]:
        if inner.start >= end:
            break
        if not _name(reading, inner.inner_start, inner.inner_end):
            return "mixed"
    return "indirect"


def _forward(reading: Reading, found: Found, opened: Complement, places: Breaks) -> Range | None:
    """The content behind the cue."""
    around = reading.quote_at[found.at]
    begins = opened.begins
    if opened.opening == "quote":
        mark = opened.at if opened.at in reading.opens else opened.at + 1
        return opened.start, reading.opens[mark].inner_end
    if begins in reading.opens:  # «إن "…"»: the marks hold all of it, or it goes on behind them
        whole = reading.opens[begins]
        limit = places.after(around, begins, _sentence_end(reading, found, begins, around))
        limit = aside(reading, begins, limit, around)
        if _stands_alone(reading, reading.behind(whole), limit):
            return whole.inner_start, whole.inner_end
        inside = around
    else:
        inside = reading.quote_at[begins]
    end = places.after(inside, begins, _sentence_end(reading, found, begins, inside))
    return _trimmed(reading, opened.start, begins, aside(reading, begins, end, inside))


def _stands_alone(reading: Reading, behind: int, limit: int) -> bool:
    """Does a quotation end the report? Nothing follows, or a comma with a clause that is none of its parts."""
    if behind >= limit or not any(reading.words[word].is_word for word in range(behind, min(limit, behind + 3))):
        return True
    return reading.form(behind) in COMMAS and reading.form(behind + 1) not in reading.lexicon.lists["goes_on"]


def _sentence_end(reading: Reading, found: Found, begins: int, number: int) -> int:
    """Where the sentence ends; for a report inside quotation `number`, the sentence inside the marks."""
    if number < 0:
        return found.last
    inner = min(found.last, reading.word_at(reading.quotations[number].inner_end))
    return min(inner, reading.stop(begins)) if reading.quote_at[found.at] == number else inner


def _around(reading: Reading, found: Found, source: Source | None, places: Breaks) -> Range | None:
    """The content around «بحسب» and its kin, or in front of a cue that closes its report.

    «بلغ العدد خمسين، بحسب الوزارة»; «بحسب الوزارة، بلغ العدد خمسين»; «"…"، قال فلان». Of two parts the longer.
    """
    around = reading.quote_at[found.at]
    front = _head(reading, found)
    first = _to_word(reading, found.first, found.at)
    first = _to_word(reading, places.before(around, front, first), found.at)
    first = _last_clause(reading, first, front)
    if found.cue.kind == "preposition":
        end = places.after(around, found.at, found.last)
        rest = _rest(reading, source.end if source else found.at + 1, end, few=front - first <= _FEW)
        if rest is not None and (front - first <= _FEW or end - rest > 3 * (front - first)):
            return _behind_source(reading, rest, end)
    if front <= first:
        return None
    opened = reading.closes.get(front - 1)
    if opened is not None and (found.cue.kind != "preposition" or opened <= first + 1):
        whole = reading.opens[opened]
        return whole.inner_start, whole.inner_end
    start = reading.words[first].start
    form = reading.form(first)
    if (
        form.startswith("و")
        and len(form) > 3
        and reading.entity_at[first] < 0
        and form not in reading.lexicon.lists["own_w"]
    ):
        start = after_letter(reading.text, start)
    return _trimmed(reading, start, first, front)


def _behind_source(reading: Reading, rest: int, end: int) -> Range | None:
    """«بحسب الوزارة، بلغ العدد خمسين»: the part behind the comma."""
    whole = reading.opens.get(rest)
    if whole is not None and reading.behind(whole) >= end - 1:
        return whole.inner_start, whole.inner_end
    return _trimmed(reading, reading.words[rest].start, rest, end)


def _rest(reading: Reading, behind: int, end: int, *, few: bool) -> int | None:
    """The first word behind the comma, colon or «فإن» that follows the source; no relative clause.

    `few`: hardly anything stands in front, so that the sentence must go on: «ويعملون وفق المدير بأجر زهيد».
    """
    if few and reading.entity_at[behind - 1] >= 0 and end - behind > _FEW and reading.words[behind].is_word:
        return behind
    opens = (*COMMAS, ":", *reading.lexicon.lists["that"])
    words = range(behind, min(end, behind + _SOURCE_REACH))
    rest = next((word for word in words if reading.form(word) in opens), end)
    while rest < end and reading.form(rest) in opens:
        rest += 1
    return rest if rest < end and not reading.listed("relative", rest) else None


def _to_word(reading: Reading, at: int, limit: int) -> int:
    """The first word or opening mark from `at` on."""
    while at < limit and not reading.words[at].is_word and at not in reading.opens:
        at += 1
    return at


def _last_clause(reading: Reading, first: int, front: int) -> int:
    """«…، كما توقفت المصفاة، وفق مهندس», «…، مقابل تسعة بحسب الوزارة»: the last of several statements."""
    for word in range(front - 2, max(first, front - _CLAUSE_REACH), -1):
        if reading.form(word - 1) in COMMAS and reading.form(word) in ("كما", "مقابل", "بينما", "فيما"):
            return word + 1
    return first


def _head(reading: Reading, found: Found) -> int:
    """The word at which the cue's own clause begins: its comma, «على حد», «كما», «بهذه الكلمات»."""
    back = found.at
    while back > found.first and (
        reading.separates(back - 1)
        or reading.form(back - 1) in reading.lexicon.lists["manner"]
        or reading.form(back - 1) in ("حد", "على")
    ):
        back -= 1
    return back


def _trimmed(reading: Reading, start: int, begins: int, end: int) -> Range | None:
    """From code point `start` to the last word before word `end`, without closing punctuation."""
    while end > begins and (reading.separates(end - 1) or reading.form(end - 1) in (".", ":", "\n", "…")):
        end -= 1
    return (start, reading.words[end - 1].end) if end > begins else None


def _name(reading: Reading, start: int, end: int) -> bool:
    """Is what the marks hold a name: an entity, or, where no entities are known, a single word?"""
    first, last = reading.word_at(start), reading.word_at(end)
    if first >= len(reading.words):
        return True
    number = reading.entity_at[first]
    if number >= 0 and reading.entities[number].end >= end - 1:
        return True
    return last - first <= 1 and not reading.entities
