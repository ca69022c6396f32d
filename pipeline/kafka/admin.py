"""Creating the topics, and saying clearly when they are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka.admin import NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from pipeline.errors import Stop
from pipeline.kafka.connection import admin
from pipeline.settings import Settings
from pipeline.topics import ALL, Topic


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic by its full name, its partitions on the broker, and whether it has just been made."""

    topic: Topic
    name: str
    partitions: int
    created: bool


async def create_topics(settings: Settings, topics: Iterable[Topic] = ALL) -> list[TopicState]:
    """Create what is missing; leave what is there as it is.

    Raises:
        Stop: the broker refuses a topic, or the one ordered topic has more than one partition.
    """
    topics = list(topics)
    client = await admin(settings)
    try:
        response = await client.create_topics(
            [
                NewTopic(
                    topic.full_name(settings),
                    topic.partition_count(settings),
                    settings.replication,
                    topic_configs=topic.configuration(settings),
                )
                for topic in topics
            ]
        )
        created = set()
        for name, code, *message in response.topic_errors:
            if code == 0:
                created.add(name)
            elif code != TopicAlreadyExistsError.errno:
                raise Stop(f"the broker refuses topic {name}: {(message or [None])[0] or for_code(code).__name__}")
        counts = await partition_counts(settings, topics)
    finally:
        await client.close()
    states = [
        TopicState(t, name, counts.get(name) or t.partition_count(settings), name in created)
        for t in topics
        if (name := t.full_name(settings))
    ]
    _check_order(settings, topics, counts)
    return states


async def partition_counts(settings: Settings, topics: Iterable[Topic]) -> dict[str, int]:
    """The partitions of those topics that exist, by full name."""
    client = await admin(settings)
    try:
        # The embedded broker creates what it is asked to describe, so ask only for what it lists.
        listed = set(await client.list_topics())
        present = [name for topic in topics if (name := topic.full_name(settings)) in listed]
        found = await client.describe_topics(present) if present else []
    finally:
        await client.close()
    return {topic["topic"]: len(topic["partitions"]) for topic in found if topic["error_code"] == 0}


async def require_topics(settings: Settings, topics: Iterable[Topic]) -> dict[str, int]:
    """The partitions of each topic by full name.

    Raises:
        Stop: one is missing (Faust would wait for it for ever), or an ordered one has too many partitions.
    """
    topics = list(topics)
    counts = await partition_counts(settings, topics)
    missing = [name for topic in topics if (name := topic.full_name(settings)) not in counts]
    if missing:
        where = settings.kafka_bootstrap_servers
        raise Stop(f"missing on {where}: {', '.join(missing)}. Run `khabar topics` to create them")
    _check_order(settings, topics, counts)
    return counts


def _check_order(settings: Settings, topics: Iterable[Topic], counts: dict[str, int]) -> None:
    """A topic made by somebody else may have partitions as it likes; two owners of one order are none."""
    for topic in topics:
        name = topic.full_name(settings)
        if topic.partitions and counts.get(name, topic.partitions) != topic.partitions:
            raise Stop(
                f"topic {name} has {counts[name]} partitions, but its order needs {topic.partitions}. "
                "Delete it and run `khabar topics`"
            )
