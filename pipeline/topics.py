"""Every topic: its key, partitions, retention and cleanup policy, each with its reason.

`khabar topics` creates them; nothing else does, because Faust does not create its source topics on
Apache Kafka, and a topic created by accident has the wrong number of partitions for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings import Settings

HOUR_MS = 3_600_000

# What a record may weigh. Articles are held to 512 KiB at the feed and at the first stage, but an enriched
# record carries the item, its text and every span: eight times an article has been enough for texts that
# are nothing but names.
MAX_RECORD_BYTES = 4 * 1024 * 1024

# A dead letter is the largest possible record and its error headers.
MAX_DEAD_LETTER_BYTES = MAX_RECORD_BYTES + 256 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the pipeline needs it.

    `partitions` and `retention_hours` of None are taken from the settings. `outlives_window` keeps records
    for the duplicate window and a day; `compacted` keeps the last record of each key for ever.
    """

    name: str
    outcome: str | None = None
    partitions: int | None = None
    retention_hours: float | None = None
    outlives_window: bool = False
    compacted: bool = False
    max_bytes: int = MAX_RECORD_BYTES
    config: tuple[tuple[str, str], ...] = ()

    def full_name(self, settings: Settings) -> str:
        """The name on the broker; the prefix lets several pipelines share one."""
        return f"{settings.topic_prefix}{self.name}"

    def partition_count(self, settings: Settings) -> int:
        return self.partitions or settings.partitions

    def configuration(self, settings: Settings) -> dict[str, str]:
        """Kafka's own settings of this topic."""
        if self.compacted:
            # Tombstones stay for a day, so that a consumer that was away learns what was taken back.
            policy = {"cleanup.policy": "compact", "delete.retention.ms": str(24 * HOUR_MS)}
        else:
            hours = self.retention_hours or settings.retention_hours
            if self.outlives_window:
                hours = settings.duplicates_window_hours + 24
            policy = {"cleanup.policy": "delete", "retention.ms": str(int(hours * HOUR_MS))}
        return {**policy, "max.message.bytes": str(self.max_bytes), **dict(self.config)}


# Feeds write here; key = uri, so that the versions of one item stay in order in one partition. The broker's
# clock stamps the records: the duplicate window goes by it, and a feed with a wrong clock must not move it.
RAW = Topic("news.raw", config=(("message.timestamp.type", "LogAppendTime"),))

# Arabic articles and notices. One partition: duplicates cross every partitioning by uri, so that one owner
# must see all articles in one total order. It carries far more than any wire (see the README's limits).
ARABIC = Topic("news.arabic", partitions=1)

# Articles that no earlier one tells; key = uri, spread over the tagging workers.
UNIQUE = Topic("news.unique")

# The same with entities.
TAGGED = Topic("news.tagged")

# What consumers read. Compacted: the last version of each uri stays, and may be upserted by key.
ENRICHED = Topic("news.enriched", outcome="enriched", compacted=True)

# Where articles end that are not enriched, each with what was found.
OTHER_LANGUAGE = Topic("news.other-language", outcome="other-language")
DUPLICATES = Topic("news.duplicates", outcome="duplicate")
SUPERSEDED = Topic("news.superseded", outcome="superseded")

# Unusable input of any stage, byte for byte. Kept for a month: somebody has to look at it and mend something.
DEAD_LETTER = Topic(
    "news.dead-letter", outcome="dead-letter", retention_hours=30 * 24, max_bytes=MAX_DEAD_LETTER_BYTES
)

# The duplicates stage's memory: one verdict an input, in order, and none ever changes. What is older than the
# window is of no use, so retention does the forgetting; compaction would keep every input for ever.
VERDICTS = Topic("khabar.duplicates.verdicts", partitions=1, outlives_window=True)

ALL = (RAW, ARABIC, UNIQUE, TAGGED, ENRICHED, OTHER_LANGUAGE, DUPLICATES, SUPERSEDED, DEAD_LETTER, VERDICTS)

#: The topics on which the story of an input ends.
OUTCOMES = tuple(topic for topic in ALL if topic.outcome)
