"""The duplicates stage gives the same answer always: against a brute-force loop over the order of `news.arabic`.

However the raw topic is partitioned, whether the owner stands alone or has a standby, is killed or not, and
whatever becomes of its disk.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import orjson

from pipeline.feeds import FeedItem
from pipeline.kafka.admin import create_topics
from pipeline.kafka.reading import read_all
from pipeline.records import Article, Notice, decode
from pipeline.settings import Settings
from pipeline.streams.headers import FIRST_OUTCOME, INPUT, RECEIVED, read
from pipeline.topics import ARABIC, DUPLICATES, SUPERSEDED, UNIQUE, Topic
from tests.brute_force import BruteForce, Judged
from tests.faults.broker import Broker
from tests.faults.table import Row, fault
from tests.faults.wire import WORDS
from tests.kafka.harness import Process, feed, item

ARTICLES = 3000
KILLS = 4
PATIENCE_SECONDS = 400.0
#: How near to a threshold a comparison may be that another answer is forgiven.
TOLERANCE = 0.03


@dataclass(frozen=True, slots=True)
class Setting:
    """One cell of the matrix."""

    partitions: int
    standby: bool
    killed: bool
    wiped: bool

    def __str__(self) -> str:
        owners = "owner and standby" if self.standby else "one owner"
        end = ", killed and its disk wiped" if self.wiped else ", killed" if self.killed else ""
        return f"duplicates: raw in {self.partitions}, {owners}{end}"


FULL = [
    Setting(partitions, standby, killed, wiped)
    for partitions, standby, (killed, wiped) in product(
        (1, 8), (False, True), ((False, False), (True, False), (True, True))
    )
]
#: Each two of partitions, owners and (killed and wiped) in each combination once.
PAIRWISE = [
    Setting(p, s, k, k) for p, s, k in ((1, False, False), (8, True, False), (1, True, True), (8, False, True))
]


def wire(seed: int, count: int = ARTICLES) -> Iterator[FeedItem]:
    """New stories, copies, rewrites of all degrees, extracts, fuller stories, new versions, kills."""
    dice = random.Random(seed)
    texts: dict[str, list[str]] = {}
    for number in range(count):
        uri = f"u{number}"
        kind = dice.choices(
            ("new", "copy", "rewrite", "extract", "fuller", "version", "kill"), (40, 8, 22, 12, 10, 5, 3)
        )[0]
        other = dice.choice(list(texts)) if texts else ""
        words = list(texts.get(other, ()))
        if not words or kind == "new":
            words = dice.choices(WORDS, k=dice.choice((8, 14, 25, 35, 60, 120)))
        elif kind == "kill":
            yield item(other, "", pubStatus="canceled")
            continue
        elif kind == "extract":
            start = dice.randrange(max(1, len(words) - 30))
            words = words[start : start + dice.randint(28, 60)]
        elif kind == "fuller":
            words += dice.choices(WORDS, k=dice.randint(5, 2 * len(words)))
        elif kind != "copy":
            for _ in range(dice.randint(1, max(1, len(words) // 8))):
                words[dice.randrange(len(words))] = dice.choice(WORDS)
            uri = other if kind == "version" else uri
        texts[uri] = words
        yield item(uri, " ".join(words))


async def run(broker: str, name: str, setting: Setting, seed: int, prefix: str) -> Row:
    """One cell: feed, judge, kill; then compare with the loop.

    Raises:
        AssertionError: an article has another answer than it should.
    """
    session = 2 if name == "embedded" else 6
    settings = Settings(
        kafka_bootstrap_servers=broker, topic_prefix=prefix, partitions=setting.partitions,
        kafka_session_timeout_seconds=session,
    )  # fmt: skip
    await create_topics(settings)
    fed = await feed(settings, wire(seed))
    # Only the owners are struck: what is before them may take larger batches.
    language = Process(settings.model_copy(update={"batch_articles": 500}), "language")
    try:
        inputs = await _until(settings, [ARABIC], fed)
    finally:
        log = language.close()
    assert len(inputs) == fed, log
    answers = await reference(settings)
    # What is not Arabic after all is only a notice here, and nothing leaves for it.
    judged = sum(answer.kind != "withdraw" for answer in answers.values())
    kills = await _judge(settings, setting, seed, judged)
    different = await compare(settings, answers)
    near = [source for source in different if answers[source].margin > TOLERANCE]
    assert not near, (
        f"{setting}, seed {seed}: {[(source, answers[source], different[source]) for source in near[:5]]}"
    )
    return Row(
        times=kills, inputs=fed, lost=0, repeated=0, bound=0, note=f"{len(different)} differ near a threshold"
    )


async def reference(settings: Settings) -> dict[str, Judged]:
    """By input, what the loop says of the order on `news.arabic`, and where a promotion leads."""
    loop, answers, places = BruteForce(settings.duplicates_window_hours), dict[str, Judged](), dict[str, str]()
    records = [record async for record in read_all(settings, [ARABIC])]
    for record in records:
        source = read(record.headers, INPUT) or ""
        if source in answers:
            continue  # a repeat
        arrived: Article | Notice = decode(record.value, Article | Notice)  # type: ignore[arg-type]
        text = arrived.text if isinstance(arrived, Article) else None
        judged = await asyncio.to_thread(
            loop.judge, arrived.uri, text, version=arrived.version, offset=int(source.rpartition("/")[2]),
            received=int(read(record.headers, RECEIVED) or 0),
            kill=isinstance(arrived, Notice) and arrived.kind == "kill",
        )  # fmt: skip
        answers[source] = judged
        if judged.promotes:
            answers[places[judged.promotes]].promoted = True
        places[arrived.uri] = source
    return answers


async def compare(settings: Settings, answers: dict[str, Judged]) -> dict[str, str]:
    """The inputs that have another answer on the topics, with that."""
    found: dict[str, set[str]] = {source: set() for source in answers}
    async for record in read_all(settings, [UNIQUE, DUPLICATES, SUPERSEDED]):
        source = read(record.headers, INPUT) or ""
        topic = record.topic.removeprefix(settings.topic_prefix)
        value = orjson.loads(record.value)
        if topic == UNIQUE.name and value["type"] == "notice":
            if value["kind"] == "kill":
                found[source].add("kill")
        elif topic == UNIQUE.name:
            promoted = read(record.headers, FIRST_OUTCOME) is not None
            found[source].add("promoted" if promoted else f"unique, extends {value['extends']}")
        elif topic == DUPLICATES.name:
            found[source].add(f"{value['kind']} of {value['duplicate_of']}")
        else:
            found[source].add("superseded")
    return {source: str(said) for source, said in found.items() if said != _expected(answers[source])}


def _expected(judged: Judged) -> set[str]:
    if judged.kind == "withdraw":
        return set()
    if judged.kind == "unique":
        return {f"unique, extends {judged.extends}"}
    said = f"{judged.how} of {judged.of}" if judged.kind == "duplicate" else judged.kind
    return {said, "promoted"} if judged.promoted else {said}


async def _judge(settings: Settings, setting: Setting, seed: int, count: int) -> int:
    """Run the owners until every input has an answer; returns how often one was killed."""
    dice, kills = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as root:
        folders = [Path(root) / str(number) for number in range(1 + setting.standby)]
        owners = []
        for folder in folders:
            folder.mkdir()
            owners.append(Process(settings, "duplicates", folder=folder))
        logs = []
        try:
            for wanted in range(1, KILLS + 1 if setting.killed else 1):
                await _until(
                    settings,
                    [UNIQUE, DUPLICATES, SUPERSEDED],
                    count * wanted // (KILLS + 2),
                )
                await asyncio.sleep(dice.random())
                which = dice.randrange(len(owners))
                logs.append(owners[which].close())
                if setting.wiped:
                    shutil.rmtree(folders[which])
                    folders[which].mkdir()
                owners[which] = Process(settings, "duplicates", folder=folders[which])
                kills += 1
            await _until(settings, [UNIQUE, DUPLICATES, SUPERSEDED], count)
        finally:
            logs += [owner.close() for owner in owners]
            print(*(log[-2000:] for log in logs), sep="\n")  # shown where it fails
    return kills


async def _until(settings: Settings, topics: Sequence[Topic], count: int) -> set[str]:
    """Wait until so many inputs are on the topics."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        inputs = {read(record.headers, INPUT) or "" async for record in read_all(settings, topics)}
        if len(inputs) >= count:
            return inputs
        assert asyncio.get_running_loop().time() < deadline, f"only {len(inputs)} of {count}"
        await asyncio.sleep(1)


def _register(setting: Setting) -> None:
    async def strike(broker: Broker, seed: int) -> Row:
        return await run(broker.bootstrap_servers, "kafka", setting, seed, f"same-{random.randrange(10**9)}-")

    fault(str(setting))(strike)


for each in FULL:
    _register(each)
