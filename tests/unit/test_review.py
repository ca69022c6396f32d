"""Review pages: one file, right to left, escaped, with every span and verdict in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.claims import Attribution, Extent, Tally
from pipeline.evaluation.entities import Judged, entity_scores
from pipeline.evaluation.review.claims import JudgedClaims, claim_page
from pipeline.evaluation.review.entities import entity_page

VOID = {"meta", "input", "link", "img", "br"}


class Reader(HTMLParser):
    """A page as a browser has it: that each element is closed, its texts, its verdicts, what it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.classes: list[str] = []
        self.texts: list[str] = []
        self.fetched: list[str] = []
        self.root: dict[str, str | None] = {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "html":
            self.root = found
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]
        kinds = found.get("class") or ""
        self.classes.append(f"{tag} {kinds}".strip())
        if kinds == "text":
            self.texts.append("")
        if tag not in VOID:
            self.open.append((tag, kinds))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        inside = [entry for entry in self.open if entry == ("p", "text")]
        if inside and not any(tag == "small" for tag, _ in self.open):
            self.texts[-1] += data


def read(*documents: Judged) -> Reader:
    scores = {**entity_scores(documents), "model": "<model>"}
    return Reader(entity_page("a & b.jsonl", documents, scores))


TEXT = "زار محمد علي <بغداد> & واشنطن مع شركة النفط"
#       0   4    9    13
GOLD = frozenset({(4, 12, "PER"), (14, 20, "LOC"), (24, 30, "LOC"), (34, 43, "ORG")})
FOUND = {(4, 12, "PER"): 0.9, (14, 20, "ORG"): 0.8, (34, 38, "ORG"): 0.7, (0, 3, "MISC"): 0.6}


def test_each_verdict_is_shown_where_it_stands() -> None:
    page = read(Judged(TEXT, GOLD, FOUND))
    shown = [kinds for kinds in page.classes if kinds.startswith("span entity")]
    verdicts = ["spurious", "right", "type", "missed", "borders"]
    assert shown == [f"span entity {verdict}" for verdict in verdicts]
    assert page.texts == [TEXT]


def test_it_is_one_file_right_to_left_with_a_filter() -> None:
    page = read(Judged(TEXT, GOLD, FOUND), Judged("بغداد", frozenset(), {}))
    assert page.root == {"lang": "ar", "dir": "rtl"}
    assert page.fetched == []
    assert {"style", "script", "article wrong", "article clean", "input"} <= set(page.classes)


def test_nothing_reaches_outside() -> None:
    scores = {**entity_scores([Judged(TEXT, GOLD, FOUND)]), "model": "m"}
    page = entity_page("file", [Judged(TEXT, GOLD, FOUND)], scores)
    assert not re.search(r"https?:|@import|url\(|<link|<img", page)
    assert "@media print" in page


def test_names_of_files_and_models_are_escaped() -> None:
    documents = [Judged("<script>alert(1)</script>", frozenset(), {(0, 8, "PER"): 0.5})]
    page = entity_page("<b>.jsonl", documents, {**entity_scores(documents), "model": "<i>"})
    assert page.count("<script>") == 1
    assert "<b>" not in page
    assert "<i>" not in page
    assert Reader(page).texts == ["<script>alert(1)</script>"]


SPANS = st.tuples(st.integers(0, 20), st.integers(1, 8), st.sampled_from(["PER", "LOC"])).map(
    lambda span: (span[0], min(span[0] + span[1], 21), span[2])
)


@settings(deadline=None)
@given(
    st.text(alphabet="اب <>&\"'\n", min_size=21, max_size=21),
    st.frozensets(SPANS, max_size=6),
    st.frozensets(SPANS, max_size=6),
)
def test_the_text_is_whole_for_any_spans(
    text: str, gold: frozenset[tuple[int, int, str]], found: frozenset[tuple[int, int, str]]
) -> None:
    page = read(Judged(text, gold, dict.fromkeys(found, 0.5)))
    assert page.texts == [text]
    assert ("article wrong" in page.classes) == (gold != found)


SAID = "قال الطبيب إن الحالة مستقرة. وأضاف أن <الجراحة> نجحت. وذكر الوزير أن العمل انتهى. وأكد أن كل شيء جاهز."


def attribution(cue: str, source: str | None, content: str) -> Attribution:
    def extent(words: str) -> Extent:
        return Extent(SAID.index(words), SAID.index(words) + len(words))

    return Attribution(cue=extent(cue), source=extent(source) if source else None, content=extent(content))


def test_claims_of_each_verdict() -> None:
    gold = [
        attribution("قال", "الطبيب", "الحالة مستقرة"),
        attribution("أضاف", None, "<الجراحة> نجحت"),
        attribution("ذكر", "الوزير", "العمل انتهى"),
    ]
    found = [
        attribution("قال", "الطبيب", "الحالة مستقرة"),
        attribution("أضاف", None, "أن <الجراحة> نجحت"),
        attribution("أكد", None, "كل شيء جاهز"),
    ]
    tally = Tally()
    tally.add(SAID, gold, found)
    article = JudgedClaims(SAID, gold, found)
    page = Reader(claim_page("file", [article, JudgedClaims("<لا شيء>", [], [])], tally.scores()))
    shown = [kinds for kinds in page.classes if kinds.startswith("section")]
    assert shown == [f"section claim is-{kind}" for kind in ("right", "near", "missed", "spurious")]
    for part in ("cue", "source", "content"):
        assert f"span {part}" in page.classes
    assert all(text in SAID or text == "<لا شيء>" for text in page.texts)
    assert len(page.texts) == 1 + 2 + 1 + 1 + 1
    assert page.classes.count("article wrong") == page.classes.count("article clean") == 1


def test_a_wrong_source_is_an_error() -> None:
    gold = [attribution("قال", "الطبيب", "الحالة مستقرة")]
    found = [attribution("قال", "الوزير", "الحالة مستقرة")]
    tally = Tally()
    tally.add(SAID, gold, found)
    page = Reader(claim_page("file", [JudgedClaims(SAID, gold, found)], tally.scores()))
    assert "section claim is-wrong" in page.classes
    assert "article wrong" in page.classes
