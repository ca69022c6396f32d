"""HTML to text, once, at the first stage: what comes out is what all offsets index."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from lxml import etree

# Elements that stand on lines of their own. All others are part of the line they are in.
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p"
    " pre section summary table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_UNREAD = frozenset("head iframe math noscript script select style svg template textarea title".split())

_SOURCE_SPACE = str.maketrans("\n\r\t\f\v", "     ")
# XML 1.0 has no way to say these, libxml2 stumbles over some, and no article means them.
_UNTEXT = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF])
_DROPPED = {code: None for code in _UNTEXT if chr(code) not in "\t\n\r\f\v\x85"}
_SPACES = re.compile(" {2,}")
_NUMERIC_ENTITY = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}))(?![0-9a-fA-F]);?")


def text_of(html: str) -> str:
    """The text of an HTML or XHTML fragment, or of a whole document, however broken.

    Block elements and `<br>` end a line, empty lines vanish, cells of a table row are parted by a tab.
    White space of the source becomes one space; NBSP, ZWNJ and bidi marks inside a line stay. Comments,
    scripts, styles and the like are left out, and so are control characters, also those that come from
    numeric entities. There is no white space at either end.

    Source: libxml2's HTML parser, as a stream of events: no tree, so no depth is too deep, and time is
    linear in the length. Never raises.
    """
    source = _NUMERIC_ENTITY.sub(_safe_entity, html).translate(_DROPPED)
    lines: Any = _Lines()  # the stubs want a target of bytes too
    parser = etree.HTMLParser(target=lines, encoding="utf-8", huge_tree=True)
    # In a body of our own, because libxml2 refuses a document that holds nothing at all.
    parser.feed(b"<body>" + source.encode("utf-8", "ignore"))
    return str(parser.close())


def _safe_entity(match: re.Match[str]) -> str:
    """What a numeric entity for a control character means: to HTML5, C1 ones are Windows-1252."""
    code = int(match[1], 16) if match[1] else int(match[2])
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return ""
    if code in _UNTEXT and code not in (9, 10, 12, 13):
        return unescape(f"&#{code};").translate(_UNTEXT)
    return match[0]


class _Lines:
    """Collects text line by line from the parser's events."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._unread = 0

    def start(self, tag: str, _attributes: Any) -> None:
        self._unread += tag in _UNREAD
        self._border(tag)

    def end(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        self._border(tag)

    def data(self, text: str) -> None:
        if not self._unread:
            self._parts.append(text.translate(_SOURCE_SPACE))

    def comment(self, _text: str) -> None:
        """Left out; without this method lxml would keep it."""

    def pi(self, _target: str, _text: str | None = None) -> None:
        """Left out, as comments are."""

    def close(self) -> str:
        lines = _SPACES.sub(" ", "".join(self._parts)).split("\n")
        return "\n".join(filter(None, map(_trimmed, lines)))

    def _border(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n")
        elif tag in _CELLS:
            self._parts.append("\t")


def _trimmed(line: str) -> str:
    return "\t".join(filter(None, (cell.strip() for cell in line.split("\t"))))
