"""The schemas in the repository are those of the types, and the types' records fit them."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import orjson
import pytest

from pipeline.schemas import SUBJECTS, files, schema

FOLDER = Path(__file__).parents[2] / "schemas"


def test_the_files_are_what_the_types_say() -> None:
    written = {path.name: path.read_bytes() for path in FOLDER.glob("*.json")}
    assert written == files(), "run `make schemas`"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_is_a_schema(subject: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(subject))


@pytest.mark.parametrize(
    ("item", "fits"),
    [
        ({"uri": "u", "headlines": [{"value": "خبر"}]}, True),
        ({"uri": "u", "bodies": [{"value": "خبر", "contentType": "text/html"}], "version": 3, "by": "desk"}, True),
        ({"uri": "u", "pubStatus": "canceled"}, True),
        ({"uri": "u"}, False),
        ({"headlines": [{"value": "خبر"}]}, False),
        ({"uri": "u", "headlines": ["خبر"]}, False),
        ({"uri": "u", "headlines": [{"value": "خبر"}], "pubStatus": "draft"}, False),
    ],
)
def test_a_raw_item_fits_or_not(item: dict[str, object], fits: bool) -> None:
    validator = jsonschema.Draft202012Validator(orjson.loads((FOLDER / "raw.1.json").read_bytes()))
    assert validator.is_valid(item) == fits


def test_a_record_from_before_a_field_came_still_fits() -> None:
    """An enriched record as 0.1.0 wrote it first: its entities have no code."""
    entity = {"id": "e1", "type": "LOC", "text": "مصر", "start": 0, "end": 3, "score": 1.0, "canonical": "مصر"}
    record = {
        "schema": "khabar.enriched/1", "uri": "u", "version": None, "item": {}, "text": "مصر",
        "language": {"code": "ar", "confidence": 1.0, "reason": None}, "duplicates": [],
        "entities": [entity], "claims": [], "stages": {}, "models": {},
    }  # fmt: skip
    validator = jsonschema.Draft202012Validator(schema("enriched.1"))
    validator.validate(record)
    validator.validate({**record, "entities": [{**entity, "code": "EG"}]})
    assert not validator.is_valid({**record, "entities": [{**entity, "code": 818}]})
