"""The commands as a person types them: topics, feed, worker, tail."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import orjson

from pipeline.engines import Engine
from tests.kafka.harness import Process, settings_for

TEXT = "قال الوزير سامي الحلبي إن الحكومة ستبدأ تنفيذ المشروع في العاصمة بغداد قبل نهاية العام الحالي."


async def test_from_a_file_to_the_enriched_topic(engine: Engine, prefix: str, tmp_path: Path) -> None:
    settings = settings_for(engine, prefix)

    def khabar(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        variables = {
            "KHABAR_KAFKA_BOOTSTRAP_SERVERS": engine.bootstrap_servers,
            "KHABAR_TOPIC_PREFIX": prefix,
            "KHABAR_PARTITIONS": "4",
        }
        command = [sys.executable, "-m", "pipeline.cli.main", *arguments]
        environment = {**os.environ, **variables}
        return subprocess.run(command, input=stdin, capture_output=True, env=environment, timeout=60, check=False)

    missing = await asyncio.to_thread(khabar, "feed", "jsonl", "-")
    assert missing.returncode == 1
    assert f"{prefix}news.raw" in missing.stderr.decode()
    assert "khabar topics" in missing.stderr.decode()

    topics = orjson.loads((await asyncio.to_thread(khabar, "topics", "--json")).stdout)["topics"]
    partitions = {topic["topic"].removeprefix(prefix): topic["partitions"] for topic in topics}
    assert (partitions["news.raw"], partitions["news.arabic"]) == (4, 1)

    wire = tmp_path / "desk.jsonl"
    wire.write_bytes(orjson.dumps({"id": "urn:desk:1", "title": "خبر", "text": TEXT}) + b"\n{broken\n")
    fed = await asyncio.to_thread(khabar, "feed", "jsonl", str(wire))
    assert fed.returncode == 0
    assert "2 items fed, 1 of them unreadable" in fed.stdout.decode()

    worker = Process(settings)
    try:
        shown = await asyncio.to_thread(khabar, "tail", "--from-start", "--limit", "1", "--json")
        record = orjson.loads(shown.stdout)
        assert record["uri"] == "urn:desk:1"
        assert record["text"] == "خبر\n\n" + TEXT
        assert {entity["text"] for entity in record["entities"]} >= {"بغداد"}
        assert record["claims"][0]["cue"]["text"] == "قال"
        assert await worker.end(within=10) == 0
    finally:
        log = worker.close()
    assert '"dead letter"' in log  # logs are JSON where nobody looks at a terminal

    empty = await asyncio.to_thread(khabar, "feed", "rss", "-")
    assert empty.returncode == 1
    assert "empty feed" in empty.stderr.decode()
