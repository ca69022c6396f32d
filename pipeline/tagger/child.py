"""The tagger's child process: `python -m pipeline.tagger.child FD MODEL LABELS PRECISION THREADS`."""

from __future__ import annotations

import signal
import socket
import sys
from typing import cast

from pipeline.errors import KhabarError
from pipeline.tagger.encoder import Precision
from pipeline.tagger.frames import Answer, Failure, Ready, Request, receive, send
from pipeline.tagger.models import EntityModel
from pipeline.tagger.tagger import Tagger


def main(arguments: list[str]) -> None:
    """Load the model, then answer requests until the other end closes, which it does by dying, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the socket
    descriptor, model, labels, precision, threads = arguments
    with socket.socket(fileno=int(descriptor)) as connection:
        try:
            tagger = EntityModel(model, labels).open(cast(Precision, precision), int(threads))
        except KhabarError as error:
            send(connection, Failure(str(error), loading=True))
            return
        send(connection, Ready(tagger.version))
        while True:
            try:
                request = receive(connection, Request)
            except (EOFError, OSError):
                return
            send(connection, _answer(tagger, request))


def _answer(tagger: Tagger, request: Request) -> Answer | Failure:
    try:
        return Answer(tagger.tag(request.texts))
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        return Failure(f"{type(error).__name__}: {error}", loading=False)


if __name__ == "__main__":
    main(sys.argv[1:])
