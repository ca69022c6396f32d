"""The scores of claims: what counts as right, and files that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.errors import KhabarError
from pipeline.evaluation.claims import evaluate_claims
from pipeline.records import Claim, Factuality, Quotation, Span

TEXT = "قال الطبيب إن الحالة مستقرة جدا. وأضاف أن الجراحة نجحت."


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start=start, end=start + len(words), text=words)


def claim(
    cue: str | None,
    source: str | None,
    content: str,
    quotation: Quotation = "indirect",
    factuality: Factuality = "asserted",
) -> Claim:
    return Claim(
        id="c1",
        source=span(source) if source else None,
        cue=span(cue) if cue else None,
        content=span(content),
        quotation=quotation if cue else None,
        factuality=factuality,
        check_worthiness=0.5,
        claimant=None,
    )


def extent(words: str | None) -> dict[str, Any] | None:
    return {"start": span(words).start, "end": span(words).end, "text": words} if words else None


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    attributions = [
        {
            "cue": extent("قال"),
            "source": extent("الطبيب"),
            "content": extent("الحالة مستقرة جدا"),
            "quotation": "indirect",
            "factuality": "asserted",
        },
        {
            "cue": extent("أضاف"),
            "source": None,
            "content": extent("الجراحة نجحت"),
            "quotation": "indirect",
            "factuality": "asserted",
        },
    ]
    path = tmp_path / "gold.jsonl"
    path.write_bytes(
        orjson.dumps({"id": "a", "text": TEXT, "entities": [], "attributions": attributions}) + b"\n\n"
    )
    return path


FIRST = claim("قال", "الطبيب", "الحالة مستقرة جدا")
SECOND = claim("أضاف", None, "الجراحة نجحت")


def test_all_right(gold: Path) -> None:
    scores = evaluate_claims(gold, lambda _: [FIRST, SECOND])
    perfect = {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert scores == {
        "documents": 1,
        "attributions": 2,
        **perfect,
        "attribution_f1": 1.0,
        "cue": perfect,
        "source": {"f1_found": 1.0, "f1_all": 1.0},
        "content": {"f1_found": 1.0, "f1_all": 1.0},
        "quotation_accuracy": 1.0,
        "factuality_accuracy": 1.0,
    }


def test_nothing_found(gold: Path) -> None:
    scores = evaluate_claims(gold, lambda _: [])
    assert scores["cue"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert scores["attribution_f1"] == 0.0
    assert scores["quotation_accuracy"] == 0.0


def test_one_missed(gold: Path) -> None:
    scores = evaluate_claims(gold, lambda _: [FIRST])
    assert scores["cue"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667}
    assert scores["content"] == {"f1_found": 1.0, "f1_all": 0.75}
    assert scores["source"] == {"f1_found": 1.0, "f1_all": 1.0}


@pytest.mark.parametrize(
    ("changed", "right"),
    [
        (claim("قال", "الطبيب", "مستقرة جدا"), 0.5 + 0.5),  # two tokens of three: F1 0.8
        (claim("قال", "الطبيب", "مستقرة"), 0.5),  # one of three: F1 0.5
        (claim("قال", None, "الحالة مستقرة جدا"), 0.5),  # the source is missing
        (claim("قال", "الجراحة", "الحالة مستقرة جدا"), 0.5),  # another source
        (claim("قال", "الطبيب", "الحالة مستقرة جدا", "direct", "denied"), 1.0),  # scored on their own
    ],
)
def test_what_counts_as_right(gold: Path, changed: Claim, right: float) -> None:
    assert evaluate_claims(gold, lambda _: [changed, SECOND])["attribution_f1"] == right


def test_quotation_and_factuality_are_shares_of_the_cues_found(gold: Path) -> None:
    changed = claim("قال", "الطبيب", "الحالة مستقرة جدا", "direct", "denied")
    scores = evaluate_claims(gold, lambda _: [changed, SECOND])
    assert (scores["quotation_accuracy"], scores["factuality_accuracy"]) == (0.5, 0.5)


def test_claims_without_cue_do_not_count(gold: Path) -> None:
    scores = evaluate_claims(gold, lambda _: [FIRST, SECOND, claim(None, None, "الجراحة نجحت")])
    assert scores["precision"] == 1.0


def test_a_cue_is_matched_once(gold: Path) -> None:
    scores = evaluate_claims(gold, lambda _: [FIRST, FIRST, SECOND])
    assert scores["cue"] == {"precision": 0.6667, "recall": 1.0, "f1": 0.8}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no article"),
        (b"\n\n", "holds no article"),
        (b"{", "line 1"),
        (b'{"text": "a"}', "attributions"),
        (b'{"text": 1, "attributions": []}', "text"),
        (b'{"text": "abc", "attributions": [{"cue": {"start": 0, "end": 9}}]}', "not inside the text"),
        (b'{"text": "abc", "attributions": [{"cue": {"start": 2, "end": 2}}]}', "not inside the text"),
        (b'{"text": "abc", "attributions": [{"source": null}]}', "cue"),
        (b'{"text": "abc", "attributions": [{"cue": {"start": 0, "end": 1}, "quotation": "x"}]}', "quotation"),
        (b"\xff\xfe", "line 1"),
    ],
)
def test_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(KhabarError, match=message):
        evaluate_claims(path, lambda _: [])


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(KhabarError, match="cannot be read"):
        evaluate_claims(tmp_path / "none.jsonl", lambda _: [])
