"""JSON Schemas (2020-12) of the public records, and an AsyncAPI document of their topics, made from the code.

`python -m pipeline.schemas DIRECTORY` writes them; a test compares what is there with what the code says.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipeline import __version__
from pipeline.records import DeadLetterHeaders, Duplicate, Enriched, OtherLanguage, RawItem, Superseded
from pipeline.topics import DEAD_LETTER, DUPLICATES, ENRICHED, OTHER_LANGUAGE, RAW, SUPERSEDED, Topic

# One file a subject and version; a change that readers would notice is a new version beside the old.
SUBJECTS: Mapping[str, type[msgspec.Struct]] = {
    "raw.1": RawItem,
    "enriched.1": Enriched,
    "duplicate.1": Duplicate,
    "other-language.1": OtherLanguage,
    "superseded.1": Superseded,
    "dead-letter-headers.1": DeadLetterHeaders,
}

# Fields that came to a version after it was out: records from before lack them, and still fit.
ADDED: Mapping[str, frozenset[str]] = {
    "Entity": frozenset({"code"}),
    "Enriched": frozenset({"cluster", "joins", "extends"}),
    "Duplicate": frozenset({"exact_only", "cluster", "joins"}),
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
            added = ADDED.get(definition["title"], frozenset())
            definition["required"] = [name for name in definition["properties"] if name not in added]
    top = definitions.pop(root["$ref"].rpartition("/")[2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:khabar:schema:{subject}",
        **top,
        **({"anyOf": RAW_NEEDS_TEXT} if subject == "raw.1" else {}),
        **({"$defs": definitions} if definitions else {}),
    }


#: The topics that others may write or read, what the pipeline does with them, and the subject of their records.
PUBLIC: tuple[tuple[Topic, str, str | None, str], ...] = (
    (RAW, "receive", "raw.1", "News items in; the key is the uri."),
    (ENRICHED, "send", "enriched.1", "Enriched articles; a null value takes the uri back."),
    (DUPLICATES, "send", "duplicate.1", "Articles that an earlier one tells already."),
    (OTHER_LANGUAGE, "send", "other-language.1", "Articles that are not Arabic, or cannot be told."),
    (SUPERSEDED, "send", "superseded.1", "Older versions that came after a newer one."),
    (DEAD_LETTER, "send", None, "Unusable input: key and value as they came, and headers that say why."),
)


def asyncapi() -> dict[str, Any]:
    """The public topics as an AsyncAPI 3 document."""
    channels, operations = {}, {}
    for topic, action, subject, description in PUBLIC:
        message: dict[str, Any] = {"description": description}
        if subject:
            message |= {"contentType": "application/json", "payload": {"$ref": f"./{subject}.json"}}
        else:
            message |= {"headers": {"$ref": "./dead-letter-headers.1.json"}}
        channels[topic.name] = {"address": topic.name, "messages": {"record": message}}
        operations[f"{action} {topic.name}"] = {"action": action, "channel": {"$ref": f"#/channels/{topic.name}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Khabar", "version": __version__, "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
    }


def files() -> dict[str, bytes]:
    """Every file in schemas/ by its name."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    written = {f"{subject}.json": orjson.dumps(schema(subject), option=options) for subject in SUBJECTS}
    return {**written, "asyncapi.json": orjson.dumps(asyncapi(), option=options)}


def main(directory: Path) -> None:
    """Write them all."""
    for name, content in files().items():
        (directory / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
