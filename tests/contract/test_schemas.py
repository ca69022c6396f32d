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
