"""`khabar evaluate`: how good the stages are, on data that you give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.engines import EngineName

if TYPE_CHECKING:
    from pipeline.records import Claim, Entity

app = typer.Typer(help="Score the stages on annotated data.", no_args_is_help=True)

AsPage = Annotated[Path | None, typer.Option(help="Write a page that shows what is there against what was found.")]
ByReference = Annotated[
    Path | None, typer.Option(help="Who is who and who speaks, beside the texts; else our own.")
]
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
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Two models: `shipped`, folders of weights, or Hugging Face models by name or path."),
    ] = None,
    html: AsPage = None,
    json: AsJson = False,
) -> None:
    """Strict span scores of the entities.

    Keys: `precision`, `recall`, `f1`, `by_type`, `entities`, `documents`, `intervals` (95 %, bootstrap over the
    documents), `confusion`, `reliability`; with --compare `a`, `b` and `difference`. In CoNLL files predictions
    are snapped to the file's tokens, and a stray I- opens an entity.
    """
    from pipeline.cli.evaluating import run_entities

    run_entities(path, [name.strip() for name in types.split(",")], compare, html, as_json=json)


@app.command()
def claims(
    path: Annotated[Path, typer.Argument(help="JSON Lines with text and attributions.")],
    reference: ByReference = None,
    html: AsPage = None,
    json: AsJson = False,
) -> None:
    """Scores of the attributions, with the entities that the tagger finds.

    Keys: `cue`, `source`, `content`, `quotation_accuracy`, `factuality_accuracy`, `attribution_f1`; `precision`,
    `recall` and `f1` are those of whole attributions. `intervals` are 95 % bootstrap intervals over articles;
    `claimant`, where a reference knows the texts, says how often the right one speaks.
    """
    from functools import cache

    from pipeline.assembly import tagger
    from pipeline.attribution import claims as find
    from pipeline.coreference import entities as named
    from pipeline.evaluation.claim_intervals import claim_intervals
    from pipeline.evaluation.claimants import evaluate_claimants
    from pipeline.evaluation.claims import evaluate_claims, tallies
    from pipeline.evaluation.reference import GOLD_NEWS, read_references
    from pipeline.evaluation.review.claims import JudgedClaims, claim_page
    from pipeline.settings import load

    with_tagger = tagger(load())

    @cache  # three counts are made of each article
    def answer(text: str) -> tuple[list[Entity], list[Claim]]:
        entities = named(text, with_tagger.tag([text])[0])
        return entities, find(text, entities)

    articles: list[JudgedClaims] = []
    try:
        scores = evaluate_claims(
            path, lambda text: answer(text)[1], lambda *article: articles.append(JudgedClaims(*article))
        )
        scores["intervals"] = claim_intervals(tallies(path, lambda text: answer(text)[1]))
        scores["claimant"] = evaluate_claimants(path, answer, read_references(reference or GOLD_NEWS))
    finally:
        with_tagger.close()
    if html:
        html.write_text(claim_page(path.name, articles, scores), encoding="utf-8")
    _answer("Claims", scores, as_json=json)


@app.command()
def mentions(
    path: Annotated[Path, typer.Argument(help="JSON Lines with text and entities, with ids or known by hash.")],
    reference: ByReference = None,
    json: AsJson = False,
) -> None:
    """Whether mentions of one thing share an id: B³ and LEA.

    Keys: `given` (with the annotated mentions), `found` (with the tagger's), `same_text` (a baseline), each with
    `b3` and `lea`: `precision`, `recall`, `f1` and its 95 % bootstrap `interval`; `documents`, `mentions`,
    `things`.
    """
    from pipeline.assembly import tagger
    from pipeline.evaluation.mentions import evaluate_mentions
    from pipeline.evaluation.reference import GOLD_NEWS, read_references
    from pipeline.settings import load

    with_tagger = tagger(load())
    try:
        scores = evaluate_mentions(path, with_tagger, read_references(reference or GOLD_NEWS))
    finally:
        with_tagger.close()
    _answer("Mentions", scores, as_json=json)


@app.command()
def checkworthiness(
    paths: Annotated[
        list[Path], typer.Argument(help="Tables of the CheckThat! labs, or JSON Lines; several files are one set.")
    ],
    json: AsJson = False,
) -> None:
    """How well check-worthiness ranks what people would have checked above the rest, beside baselines.

    Keys: `average_precision` with its 95 % bootstrap `interval`; `baselines`, each with its `average_precision`,
    how far the ranking is `ahead` of it, and the interval of that; `texts`, `check_worthy`.
    """
    from pipeline.evaluation.checkworthiness import evaluate_checkworthiness

    _answer("Check-worthiness", evaluate_checkworthiness(paths), as_json=json)


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
