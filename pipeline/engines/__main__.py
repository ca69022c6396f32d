"""`python -m pipeline.engines`: a broker in the foreground, or Apache Kafka in the background."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.engines import EngineName, background, engine
from pipeline.errors import Stop

if TYPE_CHECKING:
    from pipeline.engines.base import Engine

WATCH_S = 0.5

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.command()
def run(
    name: Annotated[EngineName, typer.Argument(help="Which broker.")],
    port: Annotated[int, typer.Option(help="0: a free one.")] = 0,
) -> None:
    """Run a broker until Ctrl-C; its address is printed once it is ready."""
    with suppress(KeyboardInterrupt), engine(name, port=port) as broker:
        print(broker.bootstrap_servers, flush=True)
        _watch(broker)


@app.command()
def start(port: int = background.PORT) -> None:
    """Start Apache Kafka in the background, unless it runs already, and print its address."""
    print(background.start(port))


@app.command()
def stop() -> None:
    """Stop the Apache Kafka that runs in the background; its data stay."""
    print("Apache Kafka is stopped." if background.stop() else "Apache Kafka does not run.")


@app.command(hidden=True)
def serve(port: Annotated[int, typer.Option()], room: Annotated[Path, typer.Option()]) -> None:
    """The process behind `start`."""
    with background.serve(port, room) as broker:
        _watch(broker)


def _watch(broker: Engine) -> None:
    while broker.alive():
        time.sleep(WATCH_S)
    raise Stop(f"The broker ended by itself. The end of its log:\n{broker.tail()}")


def main() -> None:
    """Run the command; SIGTERM is an orderly end, a `Stop` one message and exit status 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        app()
    except Stop as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
