"""How good are the claims? The scores of attribution over annotated articles.

The input is JSON Lines, one article a line: `{"text", "attributions": [{"cue": {"start", "end"},
"source": {…} | null, "content": {…} | null, "quotation", "factuality"}]}`; further keys are ignored.
Offsets are code points. Cues are matched one to one by overlap, in text order.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipeline.errors import KhabarError
from pipeline.records import Claim, Factuality, Quotation, Span

Tokens = list[tuple[int, int]]  # where each word or mark of the text starts and ends

_TOKEN = re.compile(r"\w+|[^\w\s]")
_ENOUGH = 0.7  # of the content's tokens, for an attribution to count as found


class Extent(msgspec.Struct, frozen=True):
    """A span of the text by its offsets."""

    start: int
    end: int


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """One annotated attribution."""

    cue: Extent
    source: Extent | None = None
    content: Extent | None = None
    quotation: Quotation = "indirect"
    factuality: Factuality = "asserted"


class Annotated(msgspec.Struct, frozen=True, kw_only=True):
    """One annotated article."""

    text: str
    attributions: list[Attribution]


Observer = Callable[[str, Sequence["Attribution"], Sequence["Attribution"]], None]


def evaluate_claims(
    path: Path | str, find: Callable[[str], list[Claim]], observe: Observer | None = None
) -> dict[str, Any]:
    """Compare what `find` says of each article of `path` with what is annotated there.

    `observe` is given each article's text, its true attributions and those found.

    Returns:
        `documents`, `attributions`: how many were annotated.
        `precision`, `recall`, `f1`: of attributions; one is right if its cue overlaps, its source overlaps (or
        both are empty) and the token F1 of its content is at least 0.7. `attribution_f1` repeats `f1`.
        `cue`: `precision`, `recall`, `f1` of cues by overlap.
        `source`, `content`: token F1, `f1_found` over attributions whose cue was found, `f1_all` over all.
        `quotation_accuracy`, `factuality_accuracy`: over attributions whose cue was found.

    Raises:
        KhabarError: the file cannot be read, is empty, or a line is not of that form.
    """
    tally = Tally()
    for article in _articles(Path(path)):
        predicted = [_annotation(claim, claim.cue) for claim in find(article.text) if claim.cue is not None]
        tally.add(article.text, article.attributions, predicted)
        if observe:
            observe(article.text, article.attributions, predicted)
    return tally.scores()


def _annotation(claim: Claim, cue: Span) -> Attribution:
    return Attribution(
        cue=Extent(cue.start, cue.end),
        source=_extent(claim.source),
        content=_extent(claim.content),
        quotation=claim.quotation or "indirect",
        factuality=claim.factuality,
    )


def _extent(span: Span | None) -> Extent | None:
    return None if span is None else Extent(span.start, span.end)


def _articles(path: Path) -> Iterator[Annotated]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise KhabarError(f"{path}: cannot be read: {error.strerror}") from None
    found = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            article = msgspec.convert(orjson.loads(line), Annotated)
        except (orjson.JSONDecodeError, msgspec.ValidationError) as error:
            raise KhabarError(f"{path}, line {number}: {error}") from None
        found = True
        _check(path, number, article)
        yield article
    if not found:
        raise KhabarError(f"{path}: holds no article")


def _check(path: Path, number: int, article: Annotated) -> None:
    for attribution in article.attributions:
        for extent in (attribution.cue, attribution.source, attribution.content):
            if extent is not None and not 0 <= extent.start < extent.end <= len(article.text):
                where = f"{path}, line {number}"
                raise KhabarError(f"{where}: span {extent.start} to {extent.end} is not inside the text")


class Tally:
    """Counts over articles, and the scores that come of them."""

    def __init__(self) -> None:
        self.documents = self.gold = self.predicted = 0
        self.matched = self.right = self.quotations = self.factualities = 0
        self.tokens: dict[str, dict[str, list[int]]] = {
            part: {"found": [0, 0, 0], "all": [0, 0, 0]} for part in ("source", "content")
        }

    def add(self, text: str, gold: Sequence[Attribution], predicted: Sequence[Attribution]) -> None:
        """Count one article."""
        tokens = _tokens(text)
        pairs = matched(gold, predicted)
        self.documents += 1
        self.gold += len(gold)
        self.predicted += len(predicted)
        self.matched += len(pairs)
        for expected, given in pairs:
            self.quotations += expected.quotation == given.quotation
            self.factualities += expected.factuality == given.factuality
            self.right += _right(tokens, expected, given)
            for part, counts in self.tokens.items():
                self._count(tokens, counts["found"], getattr(expected, part), getattr(given, part))
                self._count(tokens, counts["all"], getattr(expected, part), getattr(given, part))
        alone_gold = {id(item) for item in gold} - {id(expected) for expected, _ in pairs}
        alone_given = {id(item) for item in predicted} - {id(given) for _, given in pairs}
        for part, counts in self.tokens.items():
            for item in gold:
                if id(item) in alone_gold:
                    self._count(tokens, counts["all"], getattr(item, part), None)
            for item in predicted:
                if id(item) in alone_given:
                    self._count(tokens, counts["all"], None, getattr(item, part))

    def scores(self) -> dict[str, Any]:
        """The scores, rounded to four decimals."""
        cue = _rates(self.matched, self.predicted, self.gold)
        attribution = _rates(self.right, self.predicted, self.gold)
        return {
            "documents": self.documents,
            "attributions": self.gold,
            **attribution,
            "attribution_f1": attribution["f1"],
            "cue": cue,
            "source": self._part("source"),
            "content": self._part("content"),
            "quotation_accuracy": _share(self.quotations, self.matched),
            "factuality_accuracy": _share(self.factualities, self.matched),
        }

    def _part(self, name: str) -> dict[str, float]:
        return {f"f1_{over}": _rates(*counts)["f1"] for over, counts in self.tokens[name].items()}

    @staticmethod
    def _count(tokens: Tokens, counts: list[int], expected: Extent | None, given: Extent | None) -> None:
        for place, value in enumerate(_common(tokens, expected, given)):
            counts[place] += value


def matched(
    gold: Sequence[Attribution], predicted: Sequence[Attribution]
) -> list[tuple[Attribution, Attribution]]:
    """Pairs of attributions whose cues overlap, each used once."""
    rest = sorted(predicted, key=lambda item: item.cue.start)
    pairs: list[tuple[Attribution, Attribution]] = []
    for expected in sorted(gold, key=lambda item: item.cue.start):
        given = next((item for item in rest if _overlap(expected.cue, item.cue)), None)
        if given is not None:
            rest.remove(given)
            pairs.append((expected, given))
    return pairs


def is_right(text: str, expected: Attribution, given: Attribution) -> bool:
    """Whether an attribution whose cue is found counts as found; see `evaluate_claims`."""
    return _right(_tokens(text), expected, given)


def _tokens(text: str) -> Tokens:
    return [(match.start(), match.end()) for match in _TOKEN.finditer(text)]


def _right(tokens: Tokens, expected: Attribution, given: Attribution) -> bool:
    if expected.source is None or given.source is None:
        sources_meet = expected.source is given.source
    else:
        sources_meet = _overlap(expected.source, given.source)
    if not sources_meet:
        return False
    common, of_given, of_expected = _common(tokens, expected.content, given.content)
    if not of_given and not of_expected:
        return True
    return 2 * common / (of_given + of_expected) >= _ENOUGH


def _overlap(one: Extent, other: Extent) -> bool:
    return one.start < other.end and other.start < one.end


def _common(tokens: Tokens, expected: Extent | None, given: Extent | None) -> tuple[int, int, int]:
    """How many tokens both hold, how many the given one, how many the expected one."""

    def held(extent: Extent | None) -> set[int]:
        if extent is None:
            return set()
        first = bisect_right(tokens, extent.start, key=lambda token: token[1])
        return set(range(first, bisect_left(tokens, extent.end, key=lambda token: token[0])))

    of_expected, of_given = held(expected), held(given)
    return len(of_expected & of_given), len(of_given), len(of_expected)


def _rates(right: int, given: int, expected: int) -> dict[str, float]:
    precision, recall = _share(right, given), _share(right, expected)
    total = given + expected
    return {"precision": precision, "recall": recall, "f1": round(2 * right / total, 4) if total else 0.0}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def tallies(path: Path | str, find: Callable[[str], list[Claim]]) -> list[Tally]:
    """Each article of `path` counted by itself, for intervals. Raises as `evaluate_claims`."""
    counted = []
    for article in _articles(Path(path)):
        counted.append(Tally())
        predicted = [_annotation(claim, claim.cue) for claim in find(article.text) if claim.cue is not None]
        counted[-1].add(article.text, article.attributions, predicted)
    return counted


def answered(
    path: Path | str, find: Callable[[str], Sequence[Claim]]
) -> Iterator[tuple[Annotated, list[tuple[Attribution, Claim | None]]]]:
    """Each article of `path` with its attributions, and the claim that `find` has for each, by their cues.

    Raises as `evaluate_claims`.
    """
    for article in _articles(Path(path)):
        found = [(claim, _annotation(claim, claim.cue)) for claim in find(article.text) if claim.cue is not None]
        claims = {id(one): claim for claim, one in found}
        pairs = {
            id(gold): claims[id(one)] for gold, one in matched(article.attributions, [one for _, one in found])
        }
        yield article, [(gold, pairs.get(id(gold))) for gold in article.attributions]
