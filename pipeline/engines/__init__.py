"""Brokers that a command starts for itself: the embedded one to try things out, and Apache Kafka."""

from __future__ import annotations

from typing import Literal

from pipeline.engines.base import Engine

EngineName = Literal["embedded", "kafka"]


def engine(name: EngineName, *, port: int = 0) -> Engine:
    """An engine by its name, not yet started; `port` 0 means a free one.

    Raises:
        ValueError: there is no such engine.
    """
    if name == "embedded":
        from pipeline.engines.embedded import Embedded

        return Embedded(port=port)
    if name == "kafka":
        from pipeline.engines.apache import Apache

        return Apache(port=port)
    raise ValueError(f"no engine is called {name!r}: it is 'embedded' or 'kafka'")


__all__ = ["Engine", "EngineName", "engine"]
