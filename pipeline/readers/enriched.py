"""Enriched articles off their topic."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from pipeline.kafka.reading import follow
from pipeline.records import Enriched, decode
from pipeline.settings import Settings
from pipeline.topics import ENRICHED


@dataclass(frozen=True, slots=True)
class Message:
    """One record of `news.enriched`; its value is None where the uri was taken back."""

    uri: str
    value: bytes | None

    def article(self) -> Enriched | None:
        """The record, decoded.

        Raises:
            Reject: it is none that this version of Khabar wrote.
        """
        return None if self.value is None else decode(self.value, Enriched)


async def messages(settings: Settings, *, from_start: bool = False) -> AsyncGenerator[Message]:
    """Records as they come, for ever.

    Raises:
        Stop: the broker does not answer, or the topic is missing.
    """
    async with aclosing(follow(settings, [ENRICHED], from_start=from_start)) as records:
        async for record in records:
            yield Message((record.key or b"").decode(errors="replace"), record.value)
