"""`khabar`: one module a group of commands, each imported only when it runs."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from pipeline.cli import bench, clusters, evaluate, replay, run, single, train, wire
from pipeline.errors import KhabarError

app = typer.Typer(
    name="khabar",
    help="Arabic newswires as a stream: language, duplicates, entities and attributed claims.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(run.demo)
app.command()(run.worker)
app.command()(run.broker)
app.command()(run.topics)
app.add_typer(wire.feed, name="feed")
app.command()(wire.tail)
app.command()(clusters.clusters)
app.command()(replay.replay)
app.command()(single.enrich)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(bench.app, name="bench")
app.command()(train.train)
app.command()(single.settings)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        from pipeline import __version__

        print(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command. What a person must mend is one line on stderr and an exit status that is not 0."""
    # Libraries that warn of what they then retry are for the worker's log, which sets this otherwise.
    logging.basicConfig(level=logging.CRITICAL)
    try:
        app()
    except KhabarError as error:
        print(f"khabar: {error}", file=sys.stderr)
        sys.exit(error.status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has had enough (`| head`). Python would complain again when it closes stdout.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        print(f"khabar: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
