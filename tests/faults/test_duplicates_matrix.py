"""The same answer always: each two conditions together, on the embedded broker. `make faults` has them all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from pipeline.engines import Engine, engine
from tests.faults.duplicates import PAIRWISE, Setting, run


@pytest.fixture(scope="module")
def broker() -> Iterator[Engine]:
    with engine("embedded") as running:
        yield running


@pytest.mark.timeout(900)  # on a busy machine; on an idle one half a minute
@pytest.mark.parametrize("setting", PAIRWISE, ids=str)
async def test_every_article_has_the_answer_of_the_loop(broker: Engine, setting: Setting) -> None:
    seed = PAIRWISE.index(setting)
    row = await run(broker.bootstrap_servers, "embedded", setting, seed, f"same-{uuid.uuid4().hex[:8]}-")
    assert row.inputs == 3000
    assert row.times == (4 if setting.killed else 0)
