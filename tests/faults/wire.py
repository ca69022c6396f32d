"""A wire of made-up articles, the same for the same seed: new ones, versions, kills, copies, Persian, rubbish."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import orjson
from aiokafka.partitioner import DefaultPartitioner

from pipeline.feeds import FeedItem

WORDS = (
    "الحكومة الوزير البرلمان المدينة المشروع الميناء الطريق الجامعة المستشفى الاتفاق الشركة الرئيس المجلس القرار "
    "العاصمة الانتخابات الميزانية الكهرباء المياه الزراعة الصناعة التجارة السياحة الثقافة الرياضة المنتخب البطولة "
    "الجيش الشرطة المحكمة القانون الدستور الصحافة المعلمون الطلاب العمال المزارعون السكان الشمال الجنوب الشرق "
    "الغرب الساحل الجبل النهر المطار القطار السوق الأسعار النفط الغاز الذهب البنك القروض الضرائب الصادرات أعلن "
    "قال أكد بدأ زار ناقش وقع افتتح رفض طالب قرر أضاف أوضح كشف توقع في على من إلى بعد قبل خلال حول أمس اليوم غدا"
).split()
PERSIAN = "وزیر گفت که دولت اجرای این طرح را پیش از پایان سال جاری در پایتخت آغاز خواهد کرد و بودجه کافی است شماره"

#: What follows an article that is not simply new, and how often in a hundred.
KINDS = {"version": 12, "kill": 3, "copy": 5, "persian": 3, "turned persian": 2, "rubbish": 2}

_partitioner = DefaultPartitioner()


def partition(key: bytes, partitions: int) -> int:
    """Where the producer puts a key."""
    numbers = list(range(partitions))
    return int(_partitioner(key, numbers, numbers))


def article(uri: str, text: str, version: int, **fields: object) -> FeedItem:
    return FeedItem(
        uri.encode(), orjson.dumps({"uri": uri, "version": version, "bodies": [{"value": text}], **fields})
    )


def story(name: object) -> str:
    """A text of its own for each name, with the name at its end; none is near another."""
    return f"{' '.join(random.Random(str(name)).choices(WORDS, k=30))} {name}"


def wire(seed: int, partitions: int, *, name: str = "u") -> Iterator[FeedItem]:
    """Items without end.

    A copy lands in the partition of its original, so that which of the two is the earlier does not hang on how
    partitions interleave: the verdicts are a function of the input.
    """
    dice = random.Random(seed)
    versions: dict[str, int] = {}
    texts: dict[str, str] = {}
    for number in itertools.count():
        kind = dice.choices([*KINDS, "new"], [*KINDS.values(), 100 - sum(KINDS.values())])[0] if texts else "new"
        text = f"{' '.join(dice.choices(WORDS, k=dice.randint(25, 60)))} {number}."
        uri = f"{name}{number}"
        match kind:
            case "version" | "kill" | "turned persian":
                uri = dice.choice(list(texts))
                versions[uri] += 1
                if kind == "kill":
                    yield article(uri, text, versions[uri], pubStatus="canceled")
                    continue
                if kind == "turned persian":
                    yield article(uri, f"{PERSIAN} {number}", versions[uri])
                    continue
            case "copy":
                original = dice.choice(list(texts))
                text, home = texts[original], partition(original.encode(), partitions)
                uri = next(
                    uri
                    for turn in range(1000)
                    if partition((uri := f"{name}{number}-{turn}").encode(), partitions) == home
                )
            case "persian":
                yield article(uri, f"{PERSIAN} {number}", 1)
                continue
            case "rubbish":
                yield FeedItem(uri.encode(), b'{"uri": ')
                continue
        versions.setdefault(uri, 1)
        texts[uri] = text
        yield article(uri, text, versions[uri])
