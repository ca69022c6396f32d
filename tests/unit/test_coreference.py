"""Coreference: which names are one thing's, its fullest name, and the codes of countries."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coreference import entities
from pipeline.coreference.names import folded, name_of
from pipeline.coreference.places import _spelt
from pipeline.records import Entity
from pipeline.tagger.mentions import Mention

_MARKED = re.compile(r"\{(PER|ORG|LOC|MISC):([^}]*)\}")


def found(marked: str) -> list[Entity]:
    """The entities of a text in which «{PER:…}» marks the mentions."""
    text, mentions, behind = "", [], 0
    for match in _MARKED.finditer(marked):
        text += marked[behind : match.start()]
        kind, name = match.groups()
        mentions.append(Mention(len(text), len(text) + len(name), kind, 0.9))  # type: ignore[arg-type]
        text += name
        behind = match.end()
    return entities(text + marked[behind:], mentions)


def ids(marked: str) -> list[str]:
    return [one.id for one in found(marked)]


ONE_THING = {
    "the same name": "{PER:قيس الخزعلي} … {PER:قيس الخزعلي}",
    "spelling": "{LOC:إسلام آباد} … {LOC:اسلام اباد}",
    "tatweel and signs": "{LOC:العلا} … {LOC:الـعُـلا}",
    "ta marbuta": "{ORG:جامعة حلب} … {ORG:جامعه حلب}",
    "American": "{ORG:الجيش الأمريكي} … {ORG:الجيش الأميركي}",
    "Abd apart": "{PER:عبد الله البدري} … {PER:عبدالله البدري}",
    "kunya in another case": "{PER:أبو عمر تفتناز} … {PER:أبي عمر تفتناز}",
    "the alef lost behind «ل»": "{ORG:الشركة الوطنية} … ل{ORG:لشركة الوطنية}",
    "family name": "{PER:قيس الخزعلي} … {PER:الخزعلي}",
    "family name without article": "{PER:مرزوق الصيادي} … {PER:صيادي}",
    "the short name first": "{PER:الخزعلي} … {PER:قيس الخزعلي}",
    "given name": "{PER:راشيل ميركس} … {PER:راشيل}",
    "a name left out": "{PER:محمد شياع السوداني} … {PER:محمد السوداني}",
    "title": "{PER:الدكتور عبدالله الفهد} … {PER:الفهد}",
    "two titles": "{PER:الشيخ الدكتور خلف الدغيم} … {PER:خلف الدغيم}",
    "nickname": "{PER:زيكو} واسمه الكامل {PER:ارثر كوامبرا}",
    "kunya in brackets": "{PER:محمود عباس} ({PER:أبو مازن})",
    "called": "{PER:عبد الكافي الناصيف}، الملقب بـ«{PER:أبو عمر}»",
    "acronym in brackets": "{ORG:شركة تسويق النفط} ({ORG:سومو})",
    "acronym in marks": '{ORG:منظمة الأغذية} "{ORG:فاو}"',
    "acronym in brackets and marks": "{ORG:الهيئة العامة للغذاء} («{ORG:غذاء}»)",
    "Latin acronym": "{ORG:منظمة أطباء العالم} ({ORG:MDM})",
    "everybody knows": "{ORG:الاتحاد الدولي لكرة القدم} … {ORG:الفيفا}",
    "everybody knows, in Latin": "{ORG:حلف شمال الأطلسي} … {ORG:NATO}",
    "kind left out": "{ORG:تنظيم النسر} … {ORG:النسر}",
    "ministry": "{ORG:وزارة الصحة} … {ORG:الصحة}",
    "kind and quality left out": "{ORG:الهيئة العامة للسياحة والآثار} … {ORG:السياحة والآثار}",
    "end left out": "{ORG:الاتحاد الجزائري لكرة القدم} … {ORG:الاتحاد الجزائري}",
    "foreign end left out": "{ORG:يارا إنترناشونال} … {ORG:يارا}",
    "office of a region": "{ORG:صحة عسير} … {ORG:المديرية العامة للشئون الصحية بعسير}",
    "country under two names": "{LOC:السعودية} … {LOC:المملكة العربية السعودية}",
    "country in an old spelling": "{LOC:تركيا} … {LOC:تركية}",
    "city and what it is": "{LOC:تدمر} … {LOC:مدينة تدمر}",
    "region and its country": "{LOC:كردستان} … {LOC:كردستان العراق}",
}


@pytest.mark.parametrize("marked", ONE_THING.values(), ids=ONE_THING.keys())
def test_one_thing(marked: str) -> None:
    assert ids(marked) == ["e1", "e1"]


TWO_THINGS = {
    "two people": "{PER:سامر العلي} … {PER:باسم العلي}",
    "one letter": "{PER:محمد حسن} … {PER:محمد حسين}",
    "types": "{PER:الأمل} … {ORG:الأمل}",
    "a common word": "{ORG:الجيش} … {ORG:الجيش السوري}",
    "another council": "{ORG:مجلس الأمن} … {ORG:مجلس الأمن القومي}",
    "capital and country": "{LOC:أنقرة} … {LOC:تركيا}",
    "side by side": "{LOC:حلب} ({LOC:سوريا})",
    "people in brackets": "{PER:سامر العلي} ({PER:باسم الحلو})",
    "two countries": "{LOC:غينيا} … {LOC:غينيا الاستوائية}",
    "two Koreas": "{LOC:كوريا الشمالية} … {LOC:كوريا الجنوبية}",
    "two Sudans": "{LOC:السودان} … {LOC:جنوب السودان}",
    "municipalities": "{ORG:بلدية الوجه} … {ORG:بلدية أملج}",
    "an alliance and a wider one": "{ORG:أوبك} … {ORG:أوبك+}",
    "offices of two regions": "{ORG:صحة عسير} … {ORG:المديرية العامة للشئون الصحية بجازان}",
}


@pytest.mark.parametrize("marked", TWO_THINGS.values(), ids=TWO_THINGS.keys())
def test_two_things(marked: str) -> None:
    assert ids(marked) == ["e1", "e2"]


@pytest.mark.parametrize(
    "marked",
    [
        "{PER:سامر العلي} … {PER:باسم العلي} … {PER:العلي}",
        "{ORG:وزارة الداخلية المصرية} … {ORG:وزارة الداخلية السعودية} … {ORG:وزارة الداخلية}",
        "{ORG:وزارة الصحة} … {ORG:هيئة الصحة} … {ORG:الصحة}",
    ],
)
def test_nobody_can_tell_which_is_meant(marked: str) -> None:
    assert ids(marked) == ["e1", "e2", "e3"]


def test_a_part_of_a_part() -> None:
    """Three lengths of one name; the short one fits both longer ones, which are one person."""
    people = found("{PER:سلمان} … {PER:محمد بن سلمان} … {PER:محمد بن سلمان بن عبد العزيز}")
    assert {one.id for one in people} == {"e1"}
    assert {one.canonical for one in people} == {"محمد بن سلمان بن عبد العزيز"}


@pytest.mark.parametrize(
    ("marked", "canonical"),
    [
        ("{PER:الدكتور عبدالله الفهد} … {PER:الفهد}", "عبدالله الفهد"),
        ("{ORG:فيفا} … {ORG:الاتحاد الدولي لكرة القدم}", "الاتحاد الدولي لكرة القدم"),
        ("ل{ORG:لشركة الوطنية}", "الشركة الوطنية"),
        ("{PER:الشيخ}", "الشيخ"),  # a title alone is the name
        ("{LOC:أمريكا} … {LOC:الولايات المتحدة}", "الولايات المتحدة"),
    ],
)
def test_canonical_is_the_fullest_name(marked: str, canonical: str) -> None:
    assert {one.canonical for one in found(marked)} == {canonical}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("العراق", "IQ"), ("تركية", "TR"), ("تركيا", "TR"), ("امريكا", "US"), ("أميركا", "US"),
        ("الولايات المتحدة", "US"), ("الولايات المتحدة الأميركية", "US"), ("روسيا الاتحادية", "RU"),
        ("المملكة العربية السعودية", "SA"), ("السعودية", "SA"), ("كوريا الشمالية", "KP"), ("سورية", "SY"),
        ("دولة الكويت", "KW"), ("جمهورية العراق", "IQ"), ("بريطانيا", "GB"), ("فلسطين", "PS"), ("الجابون", "GA"),
        ("إفريقيا الوسطى", "CF"), ("سلطنة عمان", "OM"), ("عُمان", "OM"), ("الكونغو الديمقراطية", "CD"),
        ("فرنسة", "FR"), ("اسرائيل", "IL"), ("المجر", "HU"), ("ليبـيا", "LY"),
        ("بغداد", None), ("عمّان", None), ("الكونغو", None), ("كوريا", None), ("الاتحاد الأوروبي", None),
    ],
)  # fmt: skip
def test_codes(name: str, code: str | None) -> None:
    assert [one.code for one in found(f"في {{LOC:{name}}} اليوم")] == [code]


def test_only_places_have_codes() -> None:
    assert [one.code for one in found("{ORG:العراق} … {PER:لبنان} … {MISC:مصر}")] == [None] * 3


@pytest.mark.parametrize(
    ("marked", "code"),
    [
        ("سلطنة عمان: {LOC:عمان}", "OM"),
        ("{LOC:مسقط} عاصمة {LOC:عمان}", "OM"),
        ("{LOC:عمان} عاصمة {LOC:الأردن}", None),
        ("{LOC:عمان}", None),
    ],
)
def test_oman_or_amman(marked: str, code: str | None) -> None:
    assert next(one.code for one in found(marked) if one.text == "عمان") == code


def test_all_names_of_a_country_have_its_code() -> None:
    assert [one.code for one in found("{LOC:السعودية} … {LOC:المملكة العربية السعودية} … {LOC:جدة}")] == [
        "SA",
        "SA",
        None,
    ]


def test_no_name_is_two_countries() -> None:
    table = files("pipeline.coreference").joinpath("countries.tsv").read_text(encoding="utf-8").splitlines()
    assert len(table) == 249  # ISO 3166-1
    codes = [row.split("\t")[0] for row in table]
    assert codes == sorted(set(codes))
    names = Counter(name for row in table for name in {_spelt(folded(name)) for name in row.split("\t")[1:]})
    assert [name for name, times in names.items() if times > 1] == []


WORDS = st.sampled_from(
    'الشركة قيس الخزعلي الوطنية أبو عمر بن سلمان وزارة الصحة العراق فيفا ( ) « » " ، ل '.split()
)


@given(st.lists(st.tuples(WORDS, st.booleans(), st.sampled_from(["PER", "ORG", "LOC", "MISC"])), max_size=25))
def test_any_mentions(parts: list[tuple[str, bool, str]]) -> None:
    """Spans, types and scores are passed on; one id is one type and one canonical; ids are in order."""
    text, mentions = "", []
    for word, named, kind in parts:
        if named:
            mentions.append(Mention(len(text), len(text) + len(word), kind, 0.5))  # type: ignore[arg-type]
        text += word + " "
    given_back = entities(text, mentions)
    assert [(one.start, one.end, one.type, one.score) for one in given_back] == [
        (one.start, one.end, one.type, one.score) for one in mentions
    ]
    assert all(text[one.start : one.end] == one.text for one in given_back)
    things = {one.id: (one.type, one.canonical, one.code) for one in given_back}
    assert all(things[one.id] == (one.type, one.canonical, one.code) for one in given_back)
    assert list(things) == [f"e{number}" for number in range(1, len(things) + 1)]
    assert entities(text, mentions) == given_back


def test_the_same_name_is_one_thing_however_many_there_are() -> None:
    """More names than are compared with each other: nothing is lost, and it ends soon."""
    people = found(" ".join(f"{{PER:علي رقم{number}}}" for number in range(300)) + " {PER:علي رقم7}")
    assert people[-1].id == people[7].id
    assert len({one.id for one in people}) == 300


@given(st.text(min_size=1, max_size=20))
def test_any_text_has_a_name(text: str) -> None:
    for kind in ("PER", "ORG", "LOC", "MISC"):
        name = name_of(kind, text, 0, len(text))  # type: ignore[arg-type]
        assert name.words
        assert name.written
