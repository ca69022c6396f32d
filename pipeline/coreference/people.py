"""People: a short name is the one person of the article with the fuller name."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.coreference.names import Name, Words, definite, only, within


def fuller(short: Name, others: Sequence[Name]) -> Name | None:
    """«الخزعلي» is «قيس الخزعلي», «محمد السوداني» is «محمد شياع السوداني»; None where two could be meant.

    `others`: people of the article that share a word with `short`.
    """
    words = _plain(short.words)
    return only(short, [other for other in others if _shortened(words, _plain(other.words))])


def _shortened(short: Words, long: Words) -> bool:
    """Does it begin or end the longer name, or keep its first or its last word and leave some out between?"""
    if len(short) >= len(long):
        return False
    if long[: len(short)] == short or long[-len(short) :] == short:
        return True
    return len(short) > 1 and (short[0] == long[0] or short[-1] == long[-1]) and within(short, long)


def _plain(words: Words) -> Words:
    return tuple(map(definite, words))
