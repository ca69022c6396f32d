"""`khabar evaluate`: how good the stages are, on data that you give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.engines import EngineName

if TYPE_CHECKING:
    from pipeline.records import Claim

app = typer.Typer(help="Score the stages on annotated data.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def language(
    paths: Annotated[list[Path], typer.Argument(help='JSON Lines of {"text", "language", "kind"}.')],
    json: AsJson = False,
) -> None:
    """What goes on as Arabic, by language and length.

    Keys: `arabic_5`, `arabic_40`: the share of Arabic texts of at least so many words that goes on; `other_5`,
    `other_40`: the largest share of any other language's texts that wrongly goes on; `languages`; `accuracy`.
    """
    from pipeline.evaluation.language import evaluate_language

    _answer("Language", evaluate_language(paths), as_json=json)


@app.command()
def entities(
    path: Annotated[Path, typer.Argument(help="CoNLL columns, or JSON Lines with text and entities.")],
    types: Annotated[str, typer.Option(help="Only these types, comma-separated.")] = "PER,ORG,LOC,MISC",
    json: AsJson = False,
) -> None:
    """Strict span scores of the entities.

    Keys: `precision`, `recall`, `f1`, `by_type`, `entities`, `documents`. In CoNLL files predictions are snapped
    to the file's tokens, and a stray I- opens an entity.
    """
    from pipeline.assembly import tagger
    from pipeline.evaluation.entities import evaluate_entities
    from pipeline.settings import load

    with_tagger = tagger(load())
    try:
        scores = evaluate_entities(path, with_tagger, types=[name.strip() for name in types.split(",")])
    finally:
        with_tagger.close()
    _answer("Entities", scores, as_json=json)


@app.command()
def claims(
    path: Annotated[Path, typer.Argument(help="JSON Lines with text and attributions.")], json: AsJson = False
) -> None:
    """Scores of the attributions, with the entities that the tagger finds.

    Keys: `cue`, `source`, `content`, `quotation_accuracy`, `factuality_accuracy`, `attribution_f1`; `precision`,
    `recall` and `f1` are those of whole attributions.
    """
    from pipeline.assembly import tagger
    from pipeline.attribution import claims as find
    from pipeline.evaluation.claims import evaluate_claims
    from pipeline.settings import load
    from pipeline.tagger.names import entities as named

    with_tagger = tagger(load())

    def answer(text: str) -> list[Claim]:
        return find(text, named(text, with_tagger.tag([text])[0]))

    try:
        scores = evaluate_claims(path, answer)
    finally:
        with_tagger.close()
    _answer("Claims", scores, as_json=json)


@app.command()
def duplicates(
    articles: Annotated[Path, typer.Argument(help="JSON Lines, gzip or not: text, or title and content.")],
    pairs: Annotated[Path, typer.Argument(help="Tab-separated: two line numbers first, a similarity last.")],
    window: Annotated[str, typer.Option(help="How long an article can have duplicates: 72h, or none.")] = "none",
    engine: Annotated[EngineName, typer.Option(help="The broker to start for it.")] = "embedded",
    json: AsJson = False,
) -> None:
    """Links and clusters, through the real topics, against all pairs of exact shingle sets.

    Keys: `recall` of similar pairs, `precision` of the links, `contained_recall`, `links`, `clusters`,
    `articles_per_second` of the one owner.
    """
    from pipeline.errors import Stop
    from pipeline.evaluation.duplicates import evaluate_duplicates

    number = window.removesuffix("h")
    if window != "none" and not number.replace(".", "", 1).isdigit():
        raise Stop(f"--window {window} is neither none nor hours, as 72h")
    hours = None if window == "none" else float(number)
    _answer("Duplicates", evaluate_duplicates(articles, pairs, hours, engine), as_json=json)


@app.command("lid-corpora")
def lid_corpora(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the lid_* corpora.")],
    out: Annotated[Path, typer.Argument(help="The JSON Lines to write.")],
    half: Annotated[Literal["tune", "held-out"] | None, typer.Option(help="Only this half of each.")] = None,
    json: AsJson = False,
) -> None:
    """Turn language identification corpora into the form that `evaluate language` reads.

    Keys: `texts`, how many; `path`, where.
    """
    from pipeline.evaluation.lid_corpora import write_lid_corpora

    _answer("Corpora", {"texts": write_lid_corpora(folder, out, half), "path": str(out)}, as_json=json)


def _answer(title: str, scores: dict[str, Any], *, as_json: bool) -> None:
    from pipeline.cli.tables import print_json, table

    if as_json:
        print_json(scores)
    else:
        table(title, ("", "score"), list(_flat(scores)))


def _flat(scores: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in scores.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{name} ")
        else:
            rows.append((prefix + name, f"{value:.4f}" if isinstance(value, float) else value))
    return rows
