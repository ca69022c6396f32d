"""`khabar enrich`: one article or one a line, without a broker, with the model that ships."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import pytest

from pipeline.enrichment import Enricher, item_of_line, item_of_text
from pipeline.errors import Retry
from pipeline.records import Enriched
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger
from tests.unit.test_cli import khabar

TEXT = (
    "أعلن رئيس الوزراء العراقي محمد شياع السوداني، اليوم الأحد في بغداد، "
    "أن الحكومة ستبدأ تنفيذ المشروع قبل نهاية العام.\r\n"
    "وأضاف: «لن نتأخر يوماً واحداً».\t"
)
FARSI = "وزیر گفت که دولت اجرای این طرح را پیش از پایان سال جاری در پایتخت آغاز خواهد کرد و بودجه کافی است."


def spans(record: dict) -> list[dict]:
    parts = [claim[part] for claim in record["claims"] for part in ("source", "cue", "content") if claim[part]]
    return record["entities"] + parts


def test_plain_text_stays_as_it_is_code_point_for_code_point() -> None:
    text = "\ufeff" + TEXT + "قـــال محمّد\u200c 👩‍👩‍👧 ﻗﺎﻝ\u200f "
    answer = khabar("enrich", stdin=text.encode())
    assert answer.returncode == 0, answer.stderr.decode()
    record = orjson.loads(answer.stdout)
    assert record["text"] == text
    assert record["language"]["code"] == "ar"
    assert {entity["text"] for entity in record["entities"]} >= {"محمد شياع السوداني", "بغداد"}
    assert any(claim["cue"] and claim["cue"]["text"] == "أعلن" for claim in record["claims"])
    for span in spans(record):
        assert text[span["start"] : span["end"]] == span["text"]
    assert record["stages"]["duplicates"]["status"] == "skipped"
    assert record["uri"] == orjson.loads(khabar("enrich", stdin=text.encode()).stdout)["uri"]


def test_a_ninjs_item_keeps_its_uri_and_item() -> None:
    item = {
        "uri": "urn:x:1",
        "version": "3",
        "headlines": [{"value": "خبر عاجل"}],
        "bodies": [{"value": TEXT}],
        "by": "م",
    }
    record = orjson.loads(khabar("enrich", "-", stdin=orjson.dumps(item)).stdout)
    assert (record["uri"], record["version"], record["item"]) == ("urn:x:1", 3, item)
    assert record["text"] == "خبر عاجل\n\n" + TEXT


def test_lines_are_answered_in_order_and_failures_in_their_place() -> None:
    lines = [
        orjson.dumps({"id": "a", "text": TEXT}),
        b"{broken",
        orjson.dumps({"id": 7, "text": "  "}),
        orjson.dumps({"uri": "urn:x:2", "bodies": [{"value": TEXT}]}),
        orjson.dumps({"id": "b", "text": 5}),
        orjson.dumps({"id": "c", "text": "نص\u0000"}),
        orjson.dumps({"id": "d", "text": FARSI}),
        b"[]",
        orjson.dumps({"id": "e", "text": "بغداد"}),
        orjson.dumps({"uri": "urn:x:3", "pubStatus": "canceled"}),
    ]
    answer = khabar("enrich", "--lines", stdin=b"\n".join(lines))
    assert answer.returncode == 0, answer.stderr.decode()
    records = [orjson.loads(line) for line in answer.stdout.splitlines()]
    names = [record.get("uri", record.get("id")) for record in records]
    assert names == ["a", None, 7, "urn:x:2", "b", "c", "d", None, "e", "urn:x:3"]
    failed = [number for number, record in enumerate(records) if "error" in record]
    assert failed == [1, 2, 4, 5, 7, 9]
    assert records[0]["entities"] == records[3]["entities"] != []
    assert records[6]["stages"]["tagging"] == {"status": "skipped", "reason": "not Arabic, but fa"}
    assert records[6]["entities"] == []
    assert records[8]["language"]["code"] == "und"
    assert records[8]["stages"]["tagging"]["status"] == "ok"


def test_ninjs_of_older_versions_is_read_and_a_brace_may_begin_a_text() -> None:
    older = {"uri": "urn:x:1", "headline": "خبر", "body_text": TEXT}
    lines = [orjson.dumps(older), b'{"id": "\\ud800", "text": "x"}']
    records = [
        orjson.loads(line) for line in khabar("enrich", "--lines", stdin=b"\n".join(lines)).stdout.splitlines()
    ]
    assert records[0]["text"] == "خبر\n\n" + TEXT
    assert "lone surrogate" in records[1]["error"]
    assert orjson.loads(khabar("enrich", stdin=("{خاص} " + TEXT).encode()).stdout)["text"] == "{خاص} " + TEXT


def test_what_breaks_the_tagger_is_one_error_among_answers() -> None:
    class Fragile(Tagger):
        version = "fragile"

        def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
            if any("سُمّ" in text for text in texts):
                raise Retry("the tagger's process was lost")
            return [[] for _ in texts]

    texts = [TEXT, TEXT + " سُمّ", TEXT + " آخر"]
    answers = Enricher(Fragile()).enrich([item_of_text(text, 10_000) for text in texts])
    assert [isinstance(answer, Enriched) for answer in answers] == [True, False, True]
    assert str(answers[1]) == "the tagger's process was lost"


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("urn:x:1", "urn:x:1"),
        ("a b", "urn:khabar:id:a%20b"),
        ("خبر", "خبر"),
        (7, "7"),
        ("\x00", "urn:khabar:id:%00"),
    ],
)
def test_any_id_becomes_a_uri(name: object, uri: str) -> None:
    assert item_of_line(orjson.dumps({"id": name, "text": TEXT}), 10_000).uri == uri


def test_a_byte_order_mark_before_json_is_no_text() -> None:
    item = orjson.dumps({"uri": "urn:x:1", "bodies": [{"value": TEXT}]})
    assert orjson.loads(khabar("enrich", stdin=b"\xef\xbb\xbf" + item).stdout)["text"] == TEXT


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no text"),
        (b"\xff\xfe", "no UTF-8 at byte 0"),
        ("نص\x07".encode(), "control character U+0007"),
        (b'{"uri": "u"}', "no text"),
        (b'{"uri": ', "no JSON"),
        (b'{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}', "--lines"),
        (b'[{"uri": "u"}]', "khabar feed"),
        (b'<?xml version="1.0"?><rss/>', "khabar feed"),
        ("خبر".encode("windows-1256"), "iconv"),
        (b'{"id": "a"}', "no text"),
        ("ن".encode() * 600_000, "over the limit"),
    ],
)
def test_bad_input_is_a_message_and_a_status(content: bytes, message: str) -> None:
    answer = khabar("enrich", stdin=content)
    assert answer.returncode == 1
    assert message in answer.stderr.decode()
    assert "Traceback" not in answer.stderr.decode()
    assert answer.stdout == b""


def test_pretty_is_for_people() -> None:
    shown = khabar("enrich", "--pretty", stdin=TEXT.encode()).stdout.decode()
    assert "أعلن" in shown
    assert "{" not in shown
