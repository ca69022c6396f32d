"""A tagger's child process with a model of one line, and words in a text that break it.

It speaks the real one's language (`pipeline.tagger.frames`), so that the worker's own machinery around the model,
its deadlines, kills and restarts, is what the faults meet. `python -m tests.faults.child FD …`
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

from pipeline.tagger.frames import Answer, Failure, Ready, Request, receive, send
from pipeline.tagger.mentions import Mention

RAISES, HANGS, GARBAGE, DIES = "POISON-RAISES", "POISON-HANGS", "POISON-GARBAGE", "POISON-DIES"
#: Slows every text down, so that a worker is busy when a fault strikes.
SECONDS_A_TEXT = float(os.environ.get("FAULTS_SECONDS_A_TEXT", "0.002"))


def tag(texts: list[str]) -> Answer | Failure:
    time.sleep(SECONDS_A_TEXT * len(texts))
    everything = " ".join(texts)
    if DIES in everything:
        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when memory is out
    if HANGS in everything:
        time.sleep(3600)
    if RAISES in everything:
        return Failure("the model broke", loading=False)
    end = 10**6 if GARBAGE in everything else 0
    return Answer([[Mention(0, end or len(text.split(" ")[0]), "LOC", 0.5)] for text in texts])


def main(descriptor: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as connection:
        send(connection, Ready(os.environ.get("FAULTS_MODEL", "quick-1")))
        while True:
            try:
                request = receive(connection, Request)
            except (EOFError, OSError):
                return
            send(connection, tag(request.texts))


if __name__ == "__main__":
    main(int(sys.argv[1]))
