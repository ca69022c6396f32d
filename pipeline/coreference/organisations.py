"""Organisations: short forms, names without «تنظيم» or «وزارة», and names that everybody knows for one thing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipeline.coreference.names import Name, Words, bare_words, folded, lexicon, only


def fuller(short: Name, others: Sequence[Name]) -> Name | None:
    """The one longer name of the article that this one shortens; None where two could be meant.

    `others`: organisations of the article that share a word with `short`, or a beginning of one.
    """
    longer = [other for other in others if len(other.words) > len(short.words)]
    for shortens in (_headless, _begins, _office):
        found = only(short, [other for other in longer if shortens(short.words, other.words)])
        if found is not None:
            return found
    return None


def known(words: Words) -> int | None:
    """The number of the well-known thing of that name: «فيفا» and «الاتحاد الدولي لكرة القدم» have one."""
    return _known().get(words)


def _headless(short: Words, long: Words) -> bool:
    """«داعش» is «تنظيم داعش», «السياحة والآثار» «الهيئة العامة للسياحة والآثار»."""
    if long[0] not in _words("organisations"):
        return False
    rest = 1
    while rest < len(long) - 1 and long[rest] in _words("qualities"):
        rest += 1
    return bare_words(short) == bare_words(long[rest:])


def _begins(short: Words, long: Words) -> bool:
    """«الاتحاد الجزائري» is «الاتحاد الجزائري لكرة القدم»; «الجيش» alone is no name."""
    if long[: len(short)] != short or long[len(short)] in _words("apart"):
        return False
    return len(short) > 1 or short[0] not in _words("bare")


def _office(short: Words, long: Words) -> bool:
    """«صحة عسير» is «المديرية العامة للشؤون الصحية بعسير»: branch and region, both of which it names in order."""
    if len(short) != 2 or long[0] not in _words("offices") or short[0] in _words("offices"):
        return False
    rest = iter(bare_words(long[1:]))
    return all(any(word.startswith(_stem(one)) for word in rest) for one in bare_words(short))


def _stem(word: str) -> str:
    """«صحه» begins «صحيه» but for its last letter."""
    return word[:-1] if word.endswith("ه") and len(word) > 2 else word


@cache
def _words(listed: str) -> frozenset[str]:
    return lexicon().words(getattr(lexicon(), listed))


@cache
def _known() -> dict[Words, int]:
    return {folded(name): number for number, row in enumerate(lexicon().known) for name in row.split("|")}
