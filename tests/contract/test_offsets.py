"""Every offset in every record: `text[start:end]` is the span's text, whatever the text is made of."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.arabic.markup import text_of
from pipeline.enrichment import Enricher
from pipeline.errors import Reject
from pipeline.items import read_item
from pipeline.records import Enriched, Entity, Span, decode, encode
from pipeline.tagger.local import LocalTagger

WORDS = (
    "قال وأضاف أكد مؤكداً نفى بحسب الوزير محمد علي الخزعلي بغداد وبالعراق للعراق وزارة الخارجية إن أن الحكومة 450 "
    "قتيلاً اليوم رويترز ABC ٪"
).split()
# Tatweel, diacritics, ZWNJ and ZWJ, bidi marks, a byte order mark, presentation forms, emoji, composed and not.
SIGNS = [*"ـَّٰ\u200c\u200d\u200f\u2067\ufeffﷲé\u00a0", "ﻗﺎﻝ", "👩‍👩‍👧", "🇮🇶", "e\u0301"]
MARKS = [" ", "  ", "\n", "\r\n", "، ", ". ", ": ", ": «", "» ", ' "', '" ', "“", "”", "(", ")", "؟ ", "… ", "\t"]
HTML = "<p> </p> <br> <b> </i> &nbsp; &laquo; &#1571; &amp; <td> <!--x--> <script>x</script>".split()

pieces = st.lists(st.sampled_from(WORDS + SIGNS + MARKS) | st.text(max_size=3), max_size=60).map("".join)
fragments = st.lists(st.sampled_from(WORDS + SIGNS + MARKS + HTML), max_size=60).map("".join)


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher(LocalTagger())


def spans(record: Enriched) -> Iterator[Span | Entity]:
    yield from record.entities
    for claim in record.claims:
        yield from (span for span in (claim.source, claim.cue, claim.content) if span)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headline=pieces, plain=pieces, markup=fragments, is_markup=st.booleans())
def test_every_span_is_where_it_says(
    enricher: Enricher, headline: str, plain: str, markup: str, is_markup: bool
) -> None:
    body = {"contentType": "text/html", "value": markup} if is_markup else {"value": plain}
    value = orjson.dumps({"uri": "u", "headlines": [{"value": headline}], "bodies": [body]})
    try:
        item = read_item(b"u", value)
    except Reject:
        return  # no text, or control characters: said by tests of its own
    parts = [part for part in (headline, text_of(markup) if is_markup else plain) if part.strip()]
    assert item.text == "\n\n".join(parts)
    (answer,) = enricher.enrich([item])
    assert isinstance(answer, Enriched)
    record = decode(encode(answer), Enriched)
    for span in spans(record):
        assert record.text[span.start : span.end] == span.text
        assert span.text == span.text.strip() != ""


def test_the_generated_texts_do_have_spans(enricher: Enricher) -> None:
    text = "قـال الوزيرُ محمّد علي الخزعلي👩‍👩‍👧 في بغداد إن «الحكومة\u200c ستبدأ» و<أضاف> بحسب رويترز. "
    (answer,) = enricher.enrich([read_item(b"u", orjson.dumps({"uri": "u", "bodies": [{"value": text * 3}]}))])
    assert isinstance(answer, Enriched)
    found = list(spans(answer))
    assert len(found) > 10
    assert all(answer.text[span.start : span.end] == span.text for span in found)
