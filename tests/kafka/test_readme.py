"""What the README tells another program to do, done."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from pipeline.engines import Engine
from tests.kafka.harness import feed, item, prepared, until, working
from tests.kafka.test_streams import all_stages

README = Path(__file__).parents[2] / "README.md"
TEXT = "قال الوزير سامي الحلبي إن الحكومة ستبدأ تنفيذ المشروع في العاصمة قبل نهاية العام الحالي."


async def test_the_consumer_of_the_readme_reads_what_comes_out(engine: Engine, prefix: str) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    program = program.replace("localhost:9092", engine.bootstrap_servers).replace('"news.', f'"{prefix}news.')
    settings = await prepared(engine, prefix)
    await feed(settings, [item("urn:example:1", TEXT)])
    async with working(settings, all_stages()):
        await until(settings, lambda story: len(story.outcomes) == 1)
    consumer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, env={"PYTHONUTF8": "1"}
    )
    try:
        assert consumer.stdout is not None
        line = (await asyncio.wait_for(consumer.stdout.readline(), 30)).decode()
    finally:
        consumer.kill()
        await consumer.wait()
    assert line.startswith("urn:example:1 [(")
    assert "ستبدأ تنفيذ المشروع" in line
