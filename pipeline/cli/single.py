"""Commands that need no broker: `enrich` and `settings`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from pipeline.errors import KhabarError, Reject

if TYPE_CHECKING:
    from pipeline.enrichment import Answer
    from pipeline.items import Item
    from pipeline.tagger.tagger import Tagger

LINES_AT_ONCE = 32
BOM = b"\xef\xbb\xbf"
# An article may begin with a brace («{خاص} …»); an object's brace is followed by a name, or by nothing.
_JSON_OBJECT = re.compile(rb"\{\s*[\"}]")
_WIRE = re.compile(rb"\[\s*[\[{]|<\?xml|<rss|<feed|<rdf", re.IGNORECASE)


def enrich(
    file: Annotated[Path, typer.Argument(help="Plain text or one ninjs item; - is standard input.")] = Path("-"),
    lines: Annotated[bool, typer.Option("--lines", help='JSON Lines of ninjs items or {"id", "text"}.')] = False,
    pretty: Annotated[bool, typer.Option("--pretty", help="For people.")] = False,
) -> None:
    """Enrich one article, or one a line, without a broker; records out as JSON."""
    from pipeline.assembly import tagger
    from pipeline.settings import load

    settings = load()
    if file != Path("-") and not file.is_file():
        raise KhabarError(f"{file} is no file")
    with_tagger = tagger(settings)  # begins to load while we read
    try:
        stream = sys.stdin.buffer if file == Path("-") else file.open("rb")
        with stream:
            if lines:
                _enrich_lines(stream, with_tagger, settings.article_limit_bytes, pretty=pretty)
            else:
                _enrich_one(stream, with_tagger, settings.article_limit_bytes, pretty=pretty)
    finally:
        with_tagger.close()


def settings(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Print the settings in force, and where each value comes from."""
    from pipeline.cli.tables import print_json, table
    from pipeline.settings import PREFIX, Settings, load, sources

    in_force, origin = load(), sources()
    values = in_force.model_dump(mode="json")
    if json:
        print_json({PREFIX + name.upper(): {"value": values[name], "source": origin[name]} for name in values})
        return
    rows = [
        (PREFIX + name.upper(), values[name] if values[name] is not None else "", origin[name], field.description)
        for name, field in Settings.model_fields.items()
    ]
    table("Settings", ("variable", "value", "from", ""), rows)


def _enrich_one(stream: BinaryIO, with_tagger: Tagger, limit: int, *, pretty: bool) -> None:
    from pipeline.enrichment import Enricher, item_of_line, item_of_text

    content = stream.read()
    start = content.removeprefix(BOM).lstrip()
    if _JSON_OBJECT.match(start):
        try:
            item = item_of_line(start, limit)
        except Reject as error:
            hint = " (one a line? say --lines)" if "after document" in str(error) else ""
            raise Reject(f"{error}{hint}") from None
    elif _WIRE.match(start):
        raise Reject(
            "this is a feed, not an article: `khabar feed` takes it, and `enrich --lines` one item a line"
        )
    else:
        try:
            item = item_of_text(content.decode(), limit)
        except UnicodeDecodeError as error:
            raise Reject(
                f"no UTF-8 at byte {error.start}; if it is in another encoding: iconv -f windows-1256 -t utf-8"
            ) from None
    _print(Enricher(with_tagger).enrich([item])[0], pretty=pretty)


def _enrich_lines(stream: BinaryIO, with_tagger: Tagger, limit: int, *, pretty: bool) -> None:
    from pipeline.enrichment import Enricher, item_of_line, name_of_line

    enricher = Enricher(with_tagger)
    for chunk in _chunks(line.removeprefix(BOM).rstrip(b"\r\n") for line in stream if line.strip()):
        items: list[Item | KhabarError] = []
        for line in chunk:
            try:
                items.append(item_of_line(line, limit))
            except Reject as error:
                items.append(error)
        for line, answer in zip(chunk, enricher.enrich(items), strict=True):
            _print(answer, pretty=pretty, name=name_of_line(line), inline=True)


def _print(answer: Answer, *, pretty: bool, name: object = None, inline: bool = False) -> None:
    import orjson

    from pipeline.cli.pretty import show
    from pipeline.records import encode

    if isinstance(answer, KhabarError):
        if not inline:
            raise answer
        sys.stdout.buffer.write(orjson.dumps({"id": name, "error": str(answer)}) + b"\n")
    elif pretty:
        show(answer)
    else:
        sys.stdout.buffer.write(encode(answer) + b"\n")
    sys.stdout.flush()


def _chunks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    lines = iter(lines)
    while chunk := list(islice(lines, LINES_AT_ONCE)):
        yield chunk
