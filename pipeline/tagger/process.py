"""The tagger in a child process, which can be killed when it takes too long and started anew when it dies.

A process of its own, started by name and not forked: a fork of a program with threads (Kafka's, OpenVINO's) may
hang, and `multiprocessing` would import the caller's main module again. The parent imports neither OpenVINO nor
transformers.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, ClassVar

import pipeline
from pipeline.errors import Retry, Stop
from pipeline.tagger.frames import Answer, Deadline, Failure, Ready, Reply, Request, receive, send
from pipeline.tagger.mentions import Mention
from pipeline.tagger.models import EntityModel
from pipeline.tagger.tagger import Tagger

if TYPE_CHECKING:
    from pipeline.tagger.encoder import Precision

# Slower than any machine that we know by a factor of ten, loading from a cold disk included.
STARTUP_SECONDS = 60.0
# Two cores read some 25,000 characters a second; an article of 500 KB must not look like a hang on a busy one.
CHARACTERS_PER_SECOND = 2_000
# How many times longer that may take with another model than ours: BERT-base in PyTorch reads a tenth of it, a
# large one a third of that; and how long such a model, of a gigabyte or two, may take to load.
PATIENCE = 30
LONG_STARTUP_SECONDS = 300.0
_SHIPPED = EntityModel()
_ROOT = str(Path(pipeline.__file__).parent.parent)


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    connection: socket.socket
    startup: Deadline
    ready: bool = False


class ProcessTagger(Tagger):
    """Begins loading at once and returns; the first `tag` waits for the model.

    `timeout` is for one call, in seconds, and grows with the length of its texts (CHARACTERS_PER_SECOND). After a
    timeout or the child's death the call raises Retry and the next call starts a new child. One call at a time:
    others wait. `CHILD` is the module that the process runs.
    """

    CHILD: ClassVar[str] = "pipeline.tagger.child"

    def __init__(
        self,
        model: EntityModel = _SHIPPED,
        *,
        timeout: float = 60.0,
        startup: float | None = None,
        precision: Precision = "auto",
        threads: int = 0,
    ) -> None:
        ours = model.folder is not None
        self._arguments = [model.name, model.labels, precision, str(threads)]
        self._timeout, self._patience = timeout, 1 if ours else PATIENCE
        self._startup = startup or (STARTUP_SECONDS if ours else LONG_STARTUP_SECONDS)
        self._version: str | None = None
        self._lock = Lock()
        self._child: _Child | None = self._start()

    @property
    def version(self) -> str:
        """As in `Tagger`; waits for the model to be loaded, if it has not been yet."""
        if self._version is None:
            with self._lock:
                self._await_ready(self._running())
        assert self._version is not None  # noqa: S101 - else Stop or Retry were raised
        return self._version

    def ready(self) -> bool:
        """False also after the child was lost, until the next `tag` has started another."""
        child = self._child
        if child and not child.ready and self._lock.acquire(blocking=False):
            try:
                if child is self._child and select.select([child.connection], [], [], 0)[0]:
                    self._await_ready(child)
            except Retry:
                return False
            finally:
                self._lock.release()
        return child is not None and child.ready and child.process.poll() is None

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        if not texts:
            return []
        # Lone surrogates have no UTF-8; the child would put question marks in their place, too.
        request = Request([text.encode("utf-8", "replace").decode() for text in texts])
        with self._lock:
            child = self._running()
            self._await_ready(child)
            seconds = self._timeout + sum(map(len, texts)) * self._patience / CHARACTERS_PER_SECOND
            reply = self._exchange(child, request, Deadline.after(seconds), f"no answer within {seconds:.0f} s")
            if isinstance(reply, Failure):
                raise Retry(f"the tagger failed on {len(texts)} texts: {reply.message}")
            if not isinstance(reply, Answer) or len(reply.mentions) != len(texts):
                self._kill()
                raise Retry("the tagger's process answered out of turn")
            if not all(map(_sound, texts, reply.mentions)):
                raise Retry(f"the tagger answered with spans that are none, for one of {len(texts)} texts")
            return reply.mentions

    def close(self) -> None:
        """Kill the child; a call that waits for it in another thread ends at once, with Retry."""
        if child := self._child:
            child.process.kill()
        with self._lock:
            self._kill()

    def _running(self) -> _Child:
        """The child, started anew if it was lost."""
        child = self._child or self._start()
        self._child = child
        return child

    def _start(self) -> _Child:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", self.CHILD, str(theirs.fileno()), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # a terminal's Ctrl-C does not reach it
            )
        return _Child(process, ours, Deadline.after(self._startup))

    def _await_ready(self, child: _Child) -> None:
        if child.ready:
            return
        reply = self._exchange(child, None, child.startup, f"not ready within {self._startup:.0f} s")
        if isinstance(reply, Failure):
            self._kill()
            raise Stop(reply.message)
        if isinstance(reply, Ready):
            self._version, child.ready = reply.version, True

    def _exchange(self, child: _Child, request: Request | None, deadline: Deadline, late: str) -> Reply:
        """Send and receive; whatever goes wrong costs the child its life."""
        try:
            if request:
                send(child.connection, request, deadline)
            return receive(child.connection, Reply, deadline)  # type: ignore[arg-type]
        except TimeoutError:
            self._kill()
            raise Retry(f"the tagger's process was stopped: {late}") from None
        except (EOFError, OSError):
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(1)
            status = child.process.poll()
            self._kill()
            raise Retry(f"the tagger's process died (status {status})") from None
        except BaseException:
            self._kill()  # an interrupt in mid-frame: what would come next is anyone's guess
            raise

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child:
            child.connection.close()
            child.process.kill()
            child.process.wait()


def _sound(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether these are spans of the text, in order and without overlap."""
    end = 0
    for mention in mentions:
        if not end <= mention.start < mention.end <= len(text):
            return False
        end = mention.end
    return True
