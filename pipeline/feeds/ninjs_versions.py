"""ninjs 1.x and 2.x as 3.x. Source: IPTC's schemas 1.0 to 1.4, 2.0 and 3.0."""

from __future__ import annotations

import re
from typing import Any

_CAMEL = {
    name.lower(): name
    for name in (
        "altIds",
        "charCount",
        "contactInfo",
        "contentCreated",
        "contentType",
        "copyrightHolder",
        "copyrightNotice",
        "edNote",
        "firstCreated",
        "infoSources",
        "originalFilename",
        "pubStatus",
        "representationType",
        "rightsInfo",
        "sizeInBytes",
        "symbolType",
        "trustIndicators",
        "usageTerms",
        "versionCreated",
        "wordCount",
    )
}
# What 1.x calls otherwise.
_RENAMED = {
    "byline": "by",
    "event": "events",
    "genre": "genres",
    "infosource": "infoSources",
    "mimetype": "contentType",
    "object": "objects",
    "organisation": "organisations",
    "person": "people",
    "place": "places",
    "subject": "subjects",
    "trustindicator": "trustIndicators",
}
_PARTS = {"body": "bodies", "headline": "headlines", "description": "descriptions"}
_PART = re.compile(r"(body|headline|description)_(\w+)", re.ASCII)
_FORMATS = {"text": "text/plain", "plain": "text/plain", "xhtml": "application/xhtml+xml"}


def as_ninjs3(raw: dict[str, Any]) -> dict[str, Any] | None:
    """The item as ninjs 3; None where it is that already. Values keep their types, also wrong ones."""
    if isinstance(raw.get("headline"), str) or any(_PART.fullmatch(name) for name in raw):
        return _from_2(_from_1(raw))
    converted = _from_2(raw)
    return None if converted == raw else converted


def _from_1(raw: dict[str, Any]) -> dict[str, Any]:
    """Parts were fields whose names say format and purpose: `body_xhtml`, `headline_short`, `body_text_teaser`."""
    item: dict[str, Any] = {}
    parts: dict[str, list[dict[str, Any]]] = {}
    for name, value in raw.items():
        match = _PART.fullmatch(name)
        if match:
            parts.setdefault(_PARTS[match[1]], []).append(_part(match[2], value))
        elif name == "headline":
            parts.setdefault("headlines", []).insert(0, {"role": "main", "value": value})
        elif name in ("renditions", "associations", "altids") and isinstance(value, dict):
            item[name] = [_named(name, key, entry) for key, entry in value.items()]
        elif name != "$standard":
            item[_RENAMED.get(name, name)] = value
    return {**item, **parts}


def _part(suffix: str, value: Any) -> dict[str, Any]:
    words = suffix.split("_")
    roles = "_".join(word for word in words if word not in _FORMATS and "html" not in word)
    types = [_FORMATS.get(word, "text/html") for word in words if word in _FORMATS or "html" in word]
    looks_like_markup = isinstance(value, str) and value.lstrip().startswith("<")
    return {
        "role": roles or "main",
        "contentType": types[0] if types else "text/html" if looks_like_markup else "text/plain",
        "value": value,
    }


def _named(field: str, key: str, entry: Any) -> Any:
    if field == "altids":
        return {"role": key, "value": entry}
    return {"name": key, **entry} if isinstance(entry, dict) else entry


def _from_2(raw: dict[str, Any]) -> dict[str, Any]:
    """2.x has the fields of 3.x in lower case, at the top and in the objects of its arrays."""
    return {
        name: [_camel(entry) if isinstance(entry, dict) else entry for entry in value]
        if isinstance(value, list)
        else value
        for name, value in _camel(raw).items()
    }


def _camel(fields: dict[str, Any]) -> dict[str, Any]:
    return {_CAMEL.get(name, name): value for name, value in fields.items()}
