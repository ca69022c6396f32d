"""The brokers that the tests here run on: each test that asks for `engine` runs on both.

Apache Kafka needs Java and Maven. Where one is missing its half is *not run*: said with a section of its
own at the end, with how to get them, and with CI=true it is a failure.
"""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, cast, get_args

import pytest

from pipeline.engines import EngineName, engine
from pipeline.engines.apache import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.engines import Engine

NOT_RUN = "Apache Kafka: not run"


@pytest.fixture(scope="session")
def kafka_here() -> None:
    """For tests that start Apache Kafka themselves: they are not run where it cannot run."""
    reason = missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(f"{NOT_RUN}. {reason}")


@pytest.fixture(scope="session", params=get_args(EngineName))
def engine_name(request: pytest.FixtureRequest) -> EngineName:
    """For tests that start an engine of their own of each kind."""
    if request.param == "kafka":
        request.getfixturevalue("kafka_here")
    return cast("EngineName", request.param)


@pytest.fixture(scope="session", name="engine")
def running_engine(engine_name: EngineName) -> Iterator[Engine]:
    """A broker of each kind, one for the whole session; keep apart by `prefix`."""
    with engine(engine_name) as broker:
        yield broker


@pytest.fixture
def prefix() -> str:
    """What the names of a test's topics and groups begin with, so that tests can share a broker."""
    return f"test-{uuid.uuid4().hex[:8]}-"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skip is easily overlooked: say what was not run, and how to have it run."""
    skips = (report.longrepr for report in terminalreporter.stats.get("skipped", []))
    reasons = [skip[2] for skip in skips if isinstance(skip, tuple) and NOT_RUN in skip[2]]
    if reasons:
        terminalreporter.section(NOT_RUN, yellow=True, bold=True)
        terminalreporter.write_line(f"{len(reasons)} tests. {reasons[0].partition(f'{NOT_RUN}. ')[2]}")
