"""JSON Schemas (2020-12) of the public records, made from their types.

`python -m pipeline.schemas DIRECTORY` writes them; a test compares what is there with what the types say.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipeline.records import DeadLetterHeaders, Duplicate, Enriched, OtherLanguage, RawItem, Superseded

# One file a subject and version; a change that readers would notice is a new version beside the old.
SUBJECTS: Mapping[str, type[msgspec.Struct]] = {
    "raw.1": RawItem,
    "enriched.1": Enriched,
    "duplicate.1": Duplicate,
    "other-language.1": OtherLanguage,
    "superseded.1": Superseded,
    "dead-letter-headers.1": DeadLetterHeaders,
}


# What a raw item must have besides its uri cannot be said by a type.
RAW_NEEDS_TEXT = [
    {"required": ["headlines"]},
    {"required": ["bodies"]},
    {"required": ["pubStatus"], "properties": {"pubStatus": {"enum": ["canceled", "withheld"]}}},
]


def schema(subject: str) -> dict[str, Any]:
    """The schema of one subject, complete in itself."""
    (root,), definitions = msgspec.json.schema_components([SUBJECTS[subject]], ref_template="#/$defs/{name}")
    for definition in definitions.values():
        definition["description"] = cleandoc(definition["description"])
        if subject != "raw.1":
            # What we write has every field; what others write may leave out what has a default.
            definition["required"] = list(definition["properties"])
    top = definitions.pop(root["$ref"].rpartition("/")[2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:khabar:schema:{subject}",
        **top,
        **({"anyOf": RAW_NEEDS_TEXT} if subject == "raw.1" else {}),
        **({"$defs": definitions} if definitions else {}),
    }


def files() -> dict[str, bytes]:
    """Every schema file by its name."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return {f"{subject}.json": orjson.dumps(schema(subject), option=options) for subject in SUBJECTS}


def main(directory: Path) -> None:
    """Write them all."""
    for name, content in files().items():
        (directory / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
