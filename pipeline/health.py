"""`/live`, `/ready` and `/metrics` over HTTP.

The server has a thread of its own, so that it can tell of an event loop that stands still: a coroutine could not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from pipeline import metrics
from pipeline.errors import Stop

# The loop beats each second. Garbage collection and a busy machine cost it less than this; a stalled one costs
# the worker its partitions at the session timeout, which is as long.
LIVE_SECONDS = 10.0
BEAT_SECONDS = 1.0

#: By stage, why it cannot work at the moment; None where it can.
Standing = Callable[[], Mapping[str, str | None]]


class Health:
    """What the worker says of itself. The loop calls `beat`; the server's threads ask `live` and `ready`.

    `live`: the loop has come round within ten seconds. `ready`: besides, the worker has started and every stage
    can work: it is in its group, no rebalance is under way, and what it runs on (a model) is there.
    """

    def __init__(self) -> None:
        self._beaten = time.monotonic()
        self._standing: Standing | None = None

    def beat(self) -> None:
        now = time.monotonic()
        metrics.LOOP_DELAY.set(max(0.0, now - self._beaten - BEAT_SECONDS))
        self._beaten = now

    def started(self, standing: Standing) -> None:
        """From now on the stages are asked."""
        self._standing = standing

    def live(self) -> dict[str, str]:
        """What is wrong, empty where nothing is."""
        silence = time.monotonic() - self._beaten
        return {"loop": f"stands still for {silence:.0f} s"} if silence > LIVE_SECONDS else {}

    def ready(self) -> dict[str, str]:
        """What is wrong, empty where nothing is."""
        if wrong := self.live():
            return wrong
        if self._standing is None:
            return {"worker": "starting"}
        return {stage: reason for stage, reason in self._standing().items() if reason}


class HealthServer:
    """Serves a worker's health on all addresses, until it is closed. Port 0: none is served."""

    def __init__(self, health: Health, port: int) -> None:
        self._server: ThreadingHTTPServer | None = None
        if not port:
            return
        try:
            self._server = ThreadingHTTPServer(("", port), _handler(health))
        except OSError as error:
            raise Stop(f"KHABAR_HEALTH_PORT={port}: {error.strerror or error}") from None
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()


def _handler(health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/live":
                    self._verdict(health.live())
                case "/ready":
                    self._verdict(health.ready())
                case "/metrics":
                    self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
                case _:
                    self._answer(404, "text/plain", b"/live, /ready or /metrics\n")

        def _verdict(self, wrong: Mapping[str, str]) -> None:
            self._answer(
                503 if wrong else 200, "application/json", orjson.dumps({"ok": not wrong, "wrong": wrong})
            )

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """A probe every few seconds is no news."""

    return Handler
