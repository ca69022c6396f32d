"""Claimants: who speaks, for dropped subjects, short names and generic words."""

from __future__ import annotations

import pytest

from pipeline.attribution import claims
from pipeline.records import Claimant, Entity
from tests.speaking import marked


def entities(text: str, *names: tuple[str, str, str]) -> list[Entity]:
    """All mentions of the names: (words, id, canonical); persons."""
    found = []
    for words, number, canonical in names:
        at = text.find(words)
        while at >= 0:
            end = at + len(words)
            if not any(one.start < end and at < one.end for one in found):
                found.append(
                    Entity(id=number, type="PER", text=words, start=at, end=end, score=1.0, canonical=canonical)
                )
            at = text.find(words, end)
    return sorted(found, key=lambda one: one.start)


NO_ENTITIES = {
    "dropped subject": (
        "قال مدير المتحف إن القاعة مغلقة. وأضاف أن الترميم طويل.",
        ["مدير المتحف", "مدير المتحف"],
    ),
    "participle": (
        "قال مدير المتحف إن القاعة مغلقة، مشيرا إلى أن الترميم طويل.",
        ["مدير المتحف", "مدير المتحف"],
    ),
    "generic word": (
        "قال وزير المياه إن السد امتلأ. وقال حارس إن النهر هائج. وأكد الوزير أن القرى آمنة.",
        ["وزير المياه", "حارس", "وزير المياه"],
    ),
    "«الأخير»": (
        "قال وزير المياه إن السد امتلأ. وأكد الأخير أن القرى آمنة.",
        ["وزير المياه", "وزير المياه"],
    ),
    "short name": (
        "قال المهندس سامر العلي إن السد امتلأ. وأكد العلي أن القرى آمنة.",
        ["المهندس سامر العلي", "المهندس سامر العلي"],
    ),
    "unnamed source keeps its words": ("قالت مصادر محلية إن الطريق مقطوع.", ["مصادر محلية"]),
    "impersonal": ("يذكر أن المتحف أغلق قبل عامين.", [None]),
    "impersonal after a speaker": (
        "قال وزير المياه إن السد امتلأ.\nيذكر أن المتحف أغلق قبل عامين.",
        ["وزير المياه", None],
    ),
    "a report inside does not take the floor": (
        "قال المحامي إن موكله أبلغه بأن الوثيقة مزورة. وأضاف أن القضية طويلة.",
        ["المحامي", "موكله", "المحامي"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), NO_ENTITIES.values(), ids=NO_ENTITIES.keys())
def test_claimant_without_entities(text: str, expected: list[str | None]) -> None:
    found = [claim.claimant for claim in claims(text, []) if claim.cue]
    assert [one.text if one else None for one in found] == expected
    assert all(one.entity is None for one in found if one)


def test_short_name_has_the_entity_and_its_canonical_name() -> None:
    text = "قال المهندس سامر العلي إن السد امتلأ. وأكد العلي أن القرى آمنة. وأضاف أن الخطر زال."
    found = claims(text, entities(text, ("سامر العلي", "e1", "سامر العلي"), ("العلي", "e1", "سامر العلي")))
    assert [claim.claimant for claim in found] == [Claimant(entity="e1", text="سامر العلي")] * 3


def test_a_short_name_is_the_one_person_with_the_fuller_name() -> None:
    text = "التقى جون سامر العلي الوفد. وأكد العلي أن القرى آمنة."
    found = claims(text, entities(text, ("سامر العلي", "e1", "سامر العلي"), ("العلي", "e2", "العلي")))
    assert [claim.claimant for claim in found] == [Claimant(entity="e1", text="سامر العلي")]


def test_a_short_name_of_two_people_stays() -> None:
    text = "حضر سامر العلي وباسم العلي. وأكد العلي أن القرى آمنة."
    names = (("سامر العلي", "e1", "سامر العلي"), ("باسم العلي", "e2", "باسم العلي"), ("العلي", "e3", "العلي"))
    assert [claim.claimant for claim in claims(text, entities(text, *names))] == [
        Claimant(entity="e3", text="العلي")
    ]


def test_a_source_that_only_works_for_an_organisation_is_not_it() -> None:
    text = "قال مصدر في شركة الساحل إن السفينة غرقت."
    start = text.index("شركة")
    company = Entity(
        id="e7", type="ORG", text="شركة الساحل", start=start, end=start + 11, score=1.0, canonical="شركة الساحل"
    )
    (claim,) = claims(text, [company])
    assert claim.claimant == Claimant(entity=None, text="مصدر في شركة الساحل")


def test_an_organisation_speaks() -> None:
    text = "قالت شركة الساحل إن السفينة غرقت."
    company = Entity(
        id="e7", type="ORG", text="شركة الساحل", start=5, end=16, score=1.0, canonical="شركة الساحل للنقل"
    )
    (claim,) = claims(text, [company])
    assert claim.claimant == Claimant(entity="e7", text="شركة الساحل للنقل")


OFFICES = {
    "the holder is named below": (
        "وزير الري يحذر من الجفاف\nقال وزير الري المصري {PER:سامر العلي} إن السد امتلأ.", 0, "سامر العلي"),
    "the holder is named above, and has not spoken": (
        "افتتح وزير الري {PER:سامر العلي} السد. وأكد الوزير أن القرى آمنة.", 0, "سامر العلي"),
    "two hold such an office": (
        "التقى الوزير {PER:سامر العلي} الوزير {PER:باسم الحلو}. وأكد الوزير أن القرى آمنة.", 0, "الوزير"),
    "not the holder of another office": (
        "التقى رئيس البرلمان {PER:سامر العلي} الوفد. وأكد رئيس الوزراء أن القرى آمنة.", 0, "رئيس الوزراء"),
    "an indefinite speaker": (
        "حضر المتحدث باسم الشرطة {PER:سامر العلي}. وأكد متحدث باسم الشرطة أن القرى آمنة.", 0, "متحدث باسم الشرطة"),
    "the prosecution is not its member": (
        "حضر وكيل النيابة {PER:سامر العلي}. وقالت النيابة إن القرى آمنة.", 0, "النيابة"),
    "an organisation": ("تعمل {ORG:شركة الساحل} هنا. وقالت الشركة إن السفينة غرقت.", 0, "شركة الساحل"),
    "an organisation that is named later": (
        "قال الجيش إن السفينة غرقت. ثم تقدم {ORG:الجيش التركي} شرقا.", 0, "الجيش التركي"),
    "two organisations": (
        "تعمل {ORG:شركة الساحل} و{ORG:شركة النيل} هنا. وقالت الشركة إن السفينة غرقت.", 0, "الشركة"),
    "it is another's turn": (
        "قال {PER:باسم الحلو} إن السد امتلأ. من جانبه انتقد القائد {PER:سامر العلي} القرار. وقال إن القرى آمنة.",
        1, "سامر العلي"),
    "no turn, no change": (
        "قال {PER:باسم الحلو} إن السد امتلأ. وكان القائد {PER:سامر العلي} غائبا. وقال إن القرى آمنة.",
        1, "باسم الحلو"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "number", "claimant"), OFFICES.values(), ids=OFFICES.keys())
def test_offices_and_turns(text: str, number: int, claimant: str) -> None:
    plain, named = marked(text)
    said = [claim for claim in claims(plain, named) if claim.cue]
    found = said[number].claimant
    assert found is not None
    assert found.text == claimant
    assert (found.entity is None) == (claimant not in {one.canonical for one in named})
