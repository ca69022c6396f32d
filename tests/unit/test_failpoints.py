"""Failpoints do nothing until they are armed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline import failpoints
from pipeline.errors import Stop


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.disarm()


async def test_nothing_happens_at_a_point() -> None:
    assert failpoints.at("tagger", str) is str
    assert await failpoints.passing("sent", [1], stage="claims") == [1]


def double() -> None:
    async def doubled(value: list[int], *, stage: str) -> list[int]:
        return value * 2

    failpoints.arm("sent", doubled)
    failpoints.arm("tagger", lambda _: int)


async def test_what_is_armed_gives_what_goes_on() -> None:
    failpoints.load(f"{__name__}:double")
    assert await failpoints.passing("sent", [1], stage="claims") == [1, 1]
    assert failpoints.at("tagger", str) is int


def test_no_name_arms_nothing() -> None:
    failpoints.load("")
    assert failpoints.at("tagger", str) is str


@pytest.mark.parametrize("name", ["nowhere:f", "pipeline.failpoints:nothing", ":", "pipeline.failpoints"])
def test_a_wrong_name_is_an_error_at_start(name: str) -> None:
    with pytest.raises(Stop, match="KHABAR_FAILPOINTS"):
        failpoints.load(name)
