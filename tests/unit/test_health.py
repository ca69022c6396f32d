"""The health endpoints tell the truth: tested by stalling the loop, a rebalance, and a model that is dead."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import orjson
import pytest

from pipeline import health as module
from pipeline.errors import Retry, Stop
from pipeline.health import Health, HealthServer
from pipeline.stages.tagging import TaggingStage
from tests.faults.plugins import QuickTagger
from tests.faults.workers import answer, free_port


@pytest.fixture
def served() -> Iterator[tuple[Health, int]]:
    health, port = Health(), free_port()
    server = HealthServer(health, port)
    yield health, port
    server.close()


def test_a_worker_that_starts_is_live_and_not_ready(served: tuple[Health, int]) -> None:
    _, port = served
    assert answer(port, "/live")[0] == 200
    status, body = answer(port, "/ready")
    assert (status, orjson.loads(body)) == (503, {"ok": False, "wrong": {"worker": "starting"}})


def test_a_stage_that_cannot_work_is_named(served: tuple[Health, int]) -> None:
    health, port = served
    standing: dict[str, str | None] = {"language": None, "tagging": "a rebalance is under way"}
    health.started(lambda: standing)
    status, body = answer(port, "/ready")
    assert (status, orjson.loads(body)["wrong"]) == (503, {"tagging": "a rebalance is under way"})
    standing["tagging"] = None
    assert answer(port, "/ready") == (200, '{"ok":true,"wrong":{}}')
    assert answer(port, "/live")[0] == 200


def test_a_loop_that_stands_still_is_not_live(served: tuple[Health, int], monkeypatch: pytest.MonkeyPatch) -> None:
    health, port = served
    health.started(lambda: {"language": None})
    monkeypatch.setattr(module, "LIVE_SECONDS", -1.0)
    assert answer(port, "/live")[0] == 503
    assert answer(port, "/ready")[0] == 503
    monkeypatch.setattr(module, "LIVE_SECONDS", 10.0)
    health.beat()
    assert answer(port, "/live")[0] == 200


def test_metrics_are_served(served: tuple[Health, int]) -> None:
    _, port = served
    status, body = answer(port, "/metrics")
    assert status == 200
    for name in ("khabar_outcomes", "khabar_retries", "khabar_lag_records", "khabar_dead_letters"):
        assert f"# TYPE {name}" in body
    assert answer(port, "/else")[0] == 404


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Stop, match=f"KHABAR_HEALTH_PORT={port}"):
            HealthServer(Health(), port)


def test_port_0_serves_nothing() -> None:
    HealthServer(Health(), 0).close()


def test_a_stage_whose_model_is_dead_is_not_ready() -> None:
    stage = TaggingStage(lambda: QuickTagger(timeout=30))
    assert not stage.ready(), "not started"
    stage.start()
    try:
        assert stage.ready()
        tagger = stage._tagger
        assert isinstance(tagger, QuickTagger)
        assert tagger._child
        tagger._child.process.kill()
        tagger._child.process.wait()
        assert not stage.ready()
        with pytest.raises(Retry):
            tagger.tag(["خبر"])
        tagger.tag(["خبر"])
        assert stage.ready()
    finally:
        stage.close()
    assert not stage.ready()
