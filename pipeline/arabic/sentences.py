"""Where the sentences of an Arabic news text begin and end."""

from __future__ import annotations

import re

# Line breaks of all kinds end a sentence whatever comes before them.
_LINE = re.compile("[^\n\r\u0085\u2028\u2029]+")
# A run of stops, then what closes with them: quotes and brackets, and the marks that may stand between.
_STOP = re.compile(r"([.!?؟؛;…。۔]+)[\"'”’»›)\]\u200e\u200f]*")
# Abbreviations that a full stop follows inside a sentence: titles and units of news Arabic.
_ABBREVIATIONS = frozenset(
    [
        *("د", "م", "أ", "ا", "ت", "ص", "ج", "ق", "ه", "هـ", "ش", "س", "رقم", "ط", "ع"),
        *("vs", "no", "mr", "mrs", "ms", "dr", "st", "inc", "ltd", "co", "jr"),
    ]
)
_LONGEST = max(map(len, _ABBREVIATIONS))
_BETWEEN_WORDS = frozenset("«»\"“”‘’'()[]:،,")


def split(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as code-point ranges, half-open, in order.

    Every character that is not space lies in exactly one range; no range has space at its edges. A sentence is
    never shortened, however long it is. Line breaks end sentences. So do stops (. ! ? ؟ ؛ and their like, with the
    quotes and brackets that close after them) where space or the end of the line follows, unless a full stop
    belongs to an initial («ج. ر.»), an abbreviation («د. محمد») or a list's number («1. قال»); an ellipsis with
    more text after it only pauses.
    """
    ranges: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start, end = line.start(), line.start() + len(line.group().rstrip())
        for stop in _STOP.finditer(text, start, end):
            if _ends(text, start, stop, end):
                _add(ranges, text, start, stop.end())
                start = stop.end()
        _add(ranges, text, start, end)
    return ranges


def _ends(text: str, start: int, stop: re.Match[str], line_end: int) -> bool:
    """Whether this stop, in the sentence that began at `start`, ends it."""
    after = stop.end()
    if after >= line_end:
        return True
    if not text[after].isspace():
        return False  # a decimal, a time, an address, initials without spaces
    marks = stop[1]
    if marks in ("...", "..", "…"):
        return False
    if stop.group() != ".":
        return True
    word = _last_word(text, start, stop.start())
    if word.casefold() in _ABBREVIATIONS or (len(word.rsplit(".", 1)[-1]) == 1 and word[-1].isalpha()):
        return False
    return not (word.isdigit() and text[start : stop.start()].lstrip() == word)


def _last_word(text: str, start: int, end: int) -> str:
    """The word before `end`, or as much of it as matters here."""
    begin = end
    while begin > max(start, end - _LONGEST - 1) and not text[begin - 1].isspace():
        if text[begin - 1] in _BETWEEN_WORDS:
            break
        begin -= 1
    return text[begin:end]


def _add(ranges: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        ranges.append((start, end))
