"""Quotations of a text: «…», "…", “…”, ‘…’, with nested marks and marks that nobody closed.

A mark that is never closed runs to the end of its paragraph, as wires have it when a quotation goes on
in the next one. One pass over the marks; every mark is pushed and popped at most once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = re.compile(r"[«»\"“”„‘’\n]")
_CLOSING = {"«": "»", "“": "”", "„": "”", "‘": "’", '"': '"', "»": "«", "”": "“"}
_BEFORE_OPENING = " \n\t\r\u00a0([{-–—:،,؛…/"


class Quotation(NamedTuple):
    """A quotation: `start` to `end` with its marks, `inner_start` to `inner_end` without them.

    `closed` is False where no mark ends it; then `end` and `inner_end` are the paragraph's end, or that
    of the quotation around it.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool


def quotations(text: str) -> list[Quotation]:
    """The quotations of `text`, by start; an inner one follows the one around it."""
    found: list[Quotation] = []
    open_marks: list[tuple[int, str]] = []
    awaited: dict[str, int] = {}

    def close(at: int, mark: str) -> None:
        """Close down to the innermost quotation that waits for `mark`; those inside it end with it."""
        while True:
            start, closing = open_marks.pop()
            awaited[closing] -= 1
            if closing == mark:
                found.append(Quotation(start, at + 1, start + 1, at, closed=True))
                return
            found.append(Quotation(start, at, start + 1, at, closed=False))

    def end_paragraph(at: int) -> None:
        end = at
        while open_marks and end > open_marks[-1][0] and text[end - 1].isspace():
            end -= 1
        while open_marks:
            start, _ = open_marks.pop()
            if start + 1 < end:
                found.append(Quotation(start, end, start + 1, end, closed=False))
        awaited.clear()

    for match in _MARK.finditer(text):
        at, mark = match.start(), match.group()
        if mark == "\n":
            end_paragraph(at)
        elif awaited.get(mark) and not (mark in '"«“' and _opens(text, at)):
            close(at, mark)
        elif mark in _CLOSING and (mark in "«“„‘" or _opens(text, at)):
            if mark == "‘" and not _opens(text, at):
                continue  # an apostrophe
            open_marks.append((at, _CLOSING[mark]))
            awaited[_CLOSING[mark]] = awaited.get(_CLOSING[mark], 0) + 1
    end_paragraph(len(text))
    return sorted(found, key=lambda quotation: (quotation.start, -quotation.end))


def _opens(text: str, at: int) -> bool:
    """Does a mark that could be either open here: space or a mark before it, a word or a mark behind it?"""
    before = text[at - 1] if at else "\n"
    after = text[at + 1] if at + 1 < len(text) else " "
    return (before in _BEFORE_OPENING or before in '«“"‘وب') and (after.isalnum() or after in '«“"‘(…')
