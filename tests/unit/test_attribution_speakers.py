"""Who speaks where others are named beside the speaker: addressees, the accused, relaying outlets."""

from __future__ import annotations

import re

import pytest

from pipeline.attribution import claims
from pipeline.records import Claim, Entity

Row = tuple[str, str | None, str, str | None]  # cue, source, content, claimant

_MARKED = re.compile(r"\{(PER|ORG|LOC):([^}]*)\}")

ADDRESSEES: dict[str, tuple[str, list[Row]]] = {
    "an agency as entity": (
        "قال مسؤول أمريكي ل{ORG:رويترز} إن السد آمن.",
        [("قال", "مسؤول أمريكي", "السد آمن", "مسؤول أمريكي")],
    ),
    "an agency without entity": (
        "قال مسؤول أمريكي لرويترز إن السد آمن.",
        [("قال", "مسؤول أمريكي", "السد آمن", "مسؤول أمريكي")],
    ),
    "behind a definite word": (
        "قال المتحدث ل{ORG:الأناضول} إن السد آمن.",
        [("قال", "المتحدث", "السد آمن", "المتحدث")],
    ),
    "«لوكالة» inside an entity": (
        "قال مسؤول أمريكي ل{ORG:وكالة فرانس برس} إن السد آمن.",
        [("قال", "مسؤول أمريكي", "السد آمن", "مسؤول أمريكي")],
    ),
    "«لصحيفة»": (
        "قال مسؤول أمريكي ل{ORG:صحيفة واشنطن بوست} إن السد آمن.",
        [("قال", "مسؤول أمريكي", "السد آمن", "مسؤول أمريكي")],
    ),
    "«لقناة»": (
        "قال مسؤول أمريكي لقناة {ORG:CNN} إن السد آمن.",
        [("قال", "مسؤول أمريكي", "السد آمن", "مسؤول أمريكي")],
    ),
    "letters as words": (
        "قال مسؤول أمريكي ل{ORG:بي بي سي} إن السد آمن.",
        [("قال", "مسؤول أمريكي", "السد آمن", "مسؤول أمريكي")],
    ),
    "behind a person": (
        "قال {PER:سامر العلي} ل{ORG:قناة النور} إن السد آمن.",
        [("قال", "سامر العلي", "السد آمن", "سامر العلي")],
    ),
    "an office keeps its «ل»": (
        "قال الأمين العام ل{ORG:حزب الله} إن السد آمن.",
        [("قال", "الأمين العام لحزب الله", "السد آمن", "الأمين العام لحزب الله")],
    ),
    "a document belongs to its body": (
        "ذكر بيان ل{ORG:وزارة الصحة} أن السد آمن.",
        [("ذكر", "بيان لوزارة الصحة", "السد آمن", "بيان لوزارة الصحة")],
    ),
    "a name with «لي» in it": (
        "قال مالك المستودع {PER:لي ثي بيتش} إن السد آمن.",
        [("قال", "مالك المستودع لي ثي بيتش", "السد آمن", "لي ثي بيتش")],
    ),
    "a lone «ل» and a name in marks": (
        'نفى مصدر عسكري ل"الأخبار" أن السد انهار.',
        [("نفى", "مصدر عسكري", "السد انهار", "مصدر عسكري")],
    ),
    "a lone «لـ» and a longer name": (
        'وقال المحلل {PER:محمد الزيات} لـ"{ORG:العربي الجديد}" إن السد انهار.',
        [("قال", "المحلل محمد الزيات", "السد انهار", "محمد الزيات")],
    ),
    "the same without entities": (
        'وقال المحلل محمد الزيات لـ"العربي الجديد" إن السد انهار.',
        [("قال", "المحلل محمد الزيات", "السد انهار", "المحلل محمد الزيات")],
    ),
    "a lone «ل» and letters in brackets": (
        "قال مصدر ل(أ ف ب) إن السد انهار.",
        [("قال", "مصدر", "السد انهار", "مصدر")],
    ),
}

HEARERS: dict[str, tuple[str, list[Row]]] = {
    "two places": (
        "دعت {LOC:مصر} {LOC:إسرائيل} إلى وقف العدوان.",
        [("دعت", "مصر", "وقف العدوان", "مصر")],
    ),
    "a place and one with an article": (
        "حذرت {LOC:إيران} {LOC:الولايات المتحدة} من قصف السد.",
        [("حذرت", "إيران", "قصف السد", "إيران")],
    ),
    "a place and a noun": (
        "طالبت {LOC:روسيا} حلف {ORG:الناتو} بفتح السد.",
        [("طالبت", "روسيا", "فتح السد", "روسيا")],
    ),
    "a place is part of a name": (
        "طالب رئيس بلدية {LOC:بيروت} جان يموت بفتح السد.",
        [("طالب", "رئيس بلدية بيروت جان يموت", "فتح السد", "رئيس بلدية بيروت جان يموت")],
    ),
    "behind «ب»": (
        "طالبت {LOC:فرنسا} {LOC:لبنان} بفتح السد.",
        [("طالبت", "فرنسا", "فتح السد", "فرنسا")],
    ),
    "behind «أن»": (
        "أبلغت {LOC:إسرائيل} {LOC:واشنطن} أن السد انهار.",
        [("أبلغت", "إسرائيل", "السد انهار", "إسرائيل")],
    ),
    "«الصحفيين»": (
        "أبلغ مسؤول كبير الصحفيين أن السد انهار.",
        [("أبلغ", "مسؤول كبير", "السد انهار", "مسؤول كبير")],
    ),
}

_BEFORE = "قال حارس إن النهر هائج. "
_HELD = ("قال", "حارس", "النهر هائج", "حارس")

ACCUSED: dict[str, tuple[str, list[Row]]] = {
    "two places": (
        _BEFORE + "اتهمت {LOC:إيران} {LOC:إسرائيل} بقصف السد.",
        [_HELD, ("اتهمت", "إيران", "إسرائيل بقصف السد", "إيران")],
    ),
    "longer names": (
        _BEFORE + "واتهمت {LOC:الولايات المتحدة} {LOC:الصين} بسرقة وثائق.",
        [_HELD, ("اتهمت", "الولايات المتحدة", "الصين بسرقة وثائق", "الولايات المتحدة")],
    ),
    "a place and a noun": (
        _BEFORE + "اتهمت {LOC:إيران} الشرطة بقصف السد.",
        [_HELD, ("اتهمت", "إيران", "الشرطة بقصف السد", "إيران")],
    ),
    "a body and another": (
        _BEFORE + "اتهمت {ORG:وزارة الدفاع} {ORG:حركة الشمال} بقصف السد.",
        [_HELD, ("اتهمت", "وزارة الدفاع", "حركة الشمال بقصف السد", "وزارة الدفاع")],
    ),
    "a plural and a noun": (
        _BEFORE + "ويتهم ناشطون الشرطة باستخدام الغاز.",
        [_HELD, ("يتهم", "ناشطون", "الشرطة باستخدام الغاز", "ناشطون")],
    ),
    "nouns of two genders": (
        _BEFORE + "اتهم النائب الحكومة بالتقصير.",
        [_HELD, ("اتهم", "النائب", "الحكومة بالتقصير", "النائب")],
    ),
    "nobody knows where the subject ends": (
        _BEFORE + "اتهمت إيران إسرائيل بقصف السد.",
        [_HELD, ("اتهمت", None, "إيران إسرائيل بقصف السد", None)],
    ),
    "nor who goes on": (
        _BEFORE + "اتهمت إيران إسرائيل بقصف السد. وأضافت أن الحرب قريبة.",
        [_HELD, ("اتهمت", None, "إيران إسرائيل بقصف السد", None), ("أضافت", None, "الحرب قريبة", None)],
    ),
    "a sentence goes on: the speaker too": (
        "قال حارس إن النهر هائج، واتهم الوزارة بالتقصير.",
        [_HELD, ("اتهم", None, "الوزارة بالتقصير", "حارس")],
    ),
    "a sentence goes on: another speaker": (
        "قال حارس إن النهر هائج، واتهمت {LOC:إيران} {LOC:إسرائيل} بقصف السد.",
        [_HELD, ("اتهمت", "إيران", "إسرائيل بقصف السد", "إيران")],
    ),
    "an occasion in front of the object": (
        _BEFORE + "وأعلنت {ORG:وزارة الصحة اللبنانية} في بيان سقوط 10 قتلى.",
        [_HELD, ("أعلنت", "وزارة الصحة اللبنانية", "سقوط 10 قتلى", "وزارة الصحة اللبنانية")],
    ),
}

_SAFE = "قال الوزير إن السد آمن. "
_MINISTER = ("قال", "الوزير", "السد آمن", "الوزير")

ADDRESSEE_FIRST: dict[str, tuple[str, list[Row]]] = {
    "an agency as entity": (
        _SAFE + "وقال ل{ORG:وكالة رويترز} مصدر أمني إن السد انهار.",
        [_MINISTER, ("قال", "مصدر أمني", "السد انهار", "مصدر أمني")],
    ),
    "an agency without entity": (
        _SAFE + "وقال لوكالة رويترز مصدر أمني إن السد انهار.",
        [_MINISTER, ("قال", "مصدر أمني", "السد انهار", "مصدر أمني")],
    ),
    "a longer name without entity": (
        _SAFE + "وقال لوكالة فرانس برس مصدر أمني إن السد انهار.",
        [_MINISTER, ("قال", "مصدر أمني", "السد انهار", "مصدر أمني")],
    ),
    "a word alone": (
        _SAFE + "وقال لرويترز مصدر أمني إن السد انهار.",
        [_MINISTER, ("قال", "مصدر أمني", "السد انهار", "مصدر أمني")],
    ),
    "a pronoun": (
        _SAFE + "وقالت له أمه إن السد انهار.",
        [_MINISTER, ("قالت", "أمه", "السد انهار", "أمه")],
    ),
    "a name in marks": (
        _SAFE + "وقال لـ«الشرق الأوسط» وزير النفط العراقي إن السد انهار.",
        [_MINISTER, ("قال", "وزير النفط العراقي", "السد انهار", "وزير النفط العراقي")],
    ),
    "letters in brackets": (
        _SAFE + "وقال ل(أ ف ب) مصدر أمني إن السد انهار.",
        [_MINISTER, ("قال", "مصدر أمني", "السد انهار", "مصدر أمني")],
    ),
    "a dropped subject": (
        _SAFE + "وقال لوكالة رويترز إن السد امتلأ.",
        [_MINISTER, ("قال", None, "السد امتلأ", "الوزير")],
    ),
    "a dropped subject, a name in straight marks": (
        _SAFE + 'وقال لـ"النور": "السد امتلأ اليوم كله".',
        [_MINISTER, ("قال", None, "السد امتلأ اليوم كله", "الوزير")],
    ),
    "a dropped subject, the tongue behind": (
        _SAFE + "وقال للصحفيين بالفرنسية إن السد امتلأ.",
        [_MINISTER, ("قال", None, "السد امتلأ", "الوزير")],
    ),
    "a dropped subject, the time behind": (
        _SAFE + "وقال للصحفيين عقب اجتماع طويل إن السد امتلأ.",
        [_MINISTER, ("قال", None, "السد امتلأ", "الوزير")],
    ),
    "a dropped subject, the manner behind": (
        _SAFE + "وقال للصحفيين مبتسما إن السد امتلأ.",
        [_MINISTER, ("قال", None, "السد امتلأ", "الوزير")],
    ),
}

IMPERSONAL: dict[str, tuple[str, list[Row]]] = {
    "«ذُكر»": (_SAFE + "وذُكر أن السد انهار.", [_MINISTER, ("ذُكر", None, "السد انهار", None)]),
    "«أُعلن»": (_SAFE + "وأُعلن أن السد انهار.", [_MINISTER, ("أُعلن", None, "السد انهار", None)]),
    "«ذكر» is not": (_SAFE + "وذكر أن السد امتلأ.", [_MINISTER, ("ذكر", None, "السد امتلأ", "الوزير")]),
}

MARKS: dict[str, tuple[str, list[Row]]] = {
    "a name in marks is its entity": (
        'وقالت "{ORG:هيومن رايتس ووتش}" إن السد انهار.',
        [("قالت", '"هيومن رايتس ووتش"', "السد انهار", "هيومن رايتس ووتش")],
    ),
    "marks of direction": (
        "قال \u2067سامر العلي\u2069 إن السد آمن\u202c. \u200fوأضاف\u200f أن السد \u202bامتلأ\u202c.",
        [("قال", "سامر العلي", "السد آمن", "سامر العلي"), ("أضاف", None, "السد \u202bامتلأ", "سامر العلي")],
    ),
    "a mark behind a full stop": (
        "قال سامر العلي إن السد آمن.\u202c وأضاف أن النهر هائج.",
        [("قال", "سامر العلي", "السد آمن", "سامر العلي"), ("أضاف", None, "النهر هائج", "سامر العلي")],
    ),
    "marks inside straight quotation marks": (
        'قال سامر العلي: "\u2067السد آمن تماما اليوم\u2069".',
        [("قال", "سامر العلي", "السد آمن تماما اليوم", "سامر العلي")],
    ),
    "a mark in front of a quotation": (
        "قال سامر العلي: \u2067«السد آمن تماما»\u2069.",
        [("قال", "سامر العلي", "السد آمن تماما", "سامر العلي")],
    ),
}

RELAYED: dict[str, tuple[str, list[Row]]] = {
    "«نسبت … إلى … قوله»": (
        _SAFE + "ونسبت {ORG:وكالة رويترز} إلى مسؤول محلي قوله إن السد انهار.",
        [_MINISTER, ("نسبت", "مسؤول محلي", "السد انهار", "مسؤول محلي")],
    ),
    "the same without entities": (
        "ونسبت وكالة رويترز إلى مسؤول محلي قوله إن السد انهار.",
        [("نسبت", "مسؤول محلي", "السد انهار", "مسؤول محلي")],
    ),
    "«نقلت … عن … قوله» and a quotation": (
        'نقلت وكالة رويترز عن مسؤول محلي قوله: "السد انهار كله اليوم".',
        [("نقلت", "مسؤول محلي", "السد انهار كله اليوم", "مسؤول محلي")],
    ),
    "a clause about the source": (
        "نقلت {ORG:وكالة رويترز} عن مسؤول لم تسمه قوله إن السد انهار.",
        [("نقلت", "مسؤول", "السد انهار", "مسؤول")],
    ),
    "«نقلت … عن … قولها إن»": (
        "نقلت الوكالة عن مسؤولة محلية قولها إن السد انهار.",
        [("نقلت", "مسؤولة محلية", "السد انهار", "مسؤولة محلية")],
    ),
}

CONTRASTS: dict[str, tuple[str, list[Row]]] = {
    "who doubts goes on": (
        "قدّر {ORG:المعهد الوطني} عدد الأسر بألف أسرة. لكن {PER:أحمد ولد مولود} يشكك في هذا الرقم، ويقول إن"
        " كثيرا من الأسر غائبة.",
        [
            ("قدّر", "المعهد الوطني", "عدد الأسر بألف أسرة", "المعهد الوطني"),
            ("يشكك", "أحمد ولد مولود", "هذا الرقم", "أحمد ولد مولود"),
            ("يقول", None, "كثيرا من الأسر غائبة", "أحمد ولد مولود"),
        ],
    ),
    "a verb that is no cue": (
        "قدّر {ORG:المعهد الوطني} عدد الأسر بألف أسرة. لكن {PER:أحمد ولد مولود} يرفض هذا الرقم، ويقول إن"
        " كثيرا من الأسر غائبة.",
        [
            ("قدّر", "المعهد الوطني", "عدد الأسر بألف أسرة", "المعهد الوطني"),
            ("يقول", None, "كثيرا من الأسر غائبة", "أحمد ولد مولود"),
        ],
    ),
    "a body that does something": (
        _SAFE + "من جهته، دفع {ORG:الجيش اللبناني} بفريق إلى المكان، ودعا إلى الهدوء.",
        [_MINISTER, ("دعا", None, "الهدوء", None)],
    ),
    "two people": (
        _SAFE + "التقى {PER:سامر العلي} {PER:باسم حداد}، وقال إن السد انهار.",
        [_MINISTER, ("قال", None, "السد انهار", None)],
    ),
    "nobody is named: the speaker before": (
        _SAFE + "ثم تراجع ليل الخميس، وقال إن السد انهار.",
        [_MINISTER, ("قال", None, "السد انهار", "الوزير")],
    ),
    "a subject that the content holds": (
        _SAFE + "\nوتقدر مصادر محلية عدد القتلى بعشرة.",
        [_MINISTER, ("تقدر", None, "مصادر محلية عدد القتلى بعشرة", None)],
    ),
    "a paragraph begins without a person": (
        _SAFE + "\nويتوقع أن ترتفع الأسعار.",
        [_MINISTER, ("يتوقع", None, "ترتفع الأسعار", None)],
    ),
}

FORMS: dict[str, tuple[str, list[Row]]] = {
    "a negated verb behind its subject": (
        "لكن قائد الشرطة سامر العلي لم يستبعد فرضية التخريب.",
        [("يستبعد", "قائد الشرطة سامر العلي", "فرضية التخريب", "قائد الشرطة سامر العلي")],
    ),
    "a dual": (
        "قال الوزيران إن السد آمن، وأكدا أن النهر هائج.",
        [("قال", "الوزيران", "السد آمن", "الوزيران"), ("أكدا", None, "النهر هائج", "الوزيران")],
    ),
    "«من المتوقع»": (
        _SAFE + "ومن المتوقع أن ترتفع الأسعار.",
        [_MINISTER, ("المتوقع", None, "ترتفع الأسعار", None)],
    ),
}


def marked(text: str) -> tuple[str, list[Entity]]:
    """The text without its marks, and the entities that «{PER:…}» names."""
    plain, found, behind = "", [], 0
    for match in _MARKED.finditer(text):
        plain += text[behind : match.start()]
        kind, name = match.groups()
        found.append(
            Entity(
                id=f"{kind}-{name}",
                type=kind,  # type: ignore[arg-type]
                text=name,
                start=len(plain),
                end=len(plain) + len(name),
                score=1.0,
                canonical=name,
            )
        )
        plain += name
        behind = match.end()
    return plain + text[behind:], found


def rows(found: list[Claim]) -> list[Row]:
    return [
        (
            claim.cue.text,
            claim.source.text if claim.source else None,
            claim.content.text if claim.content else "",
            claim.claimant.text if claim.claimant else None,
        )
        for claim in found
        if claim.cue
    ]


GROUPS = {
    "addressee": ADDRESSEES,
    "hearer": HEARERS,
    "accused": ACCUSED,
    "addressee first": ADDRESSEE_FIRST,
    "impersonal": IMPERSONAL,
    "marks": MARKS,
    "relayed": RELAYED,
    "contrast": CONTRASTS,
    "form": FORMS,
}
CASES = {f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_who_speaks(text: str, expected: list[Row]) -> None:
    plain, entities = marked(text)
    assert rows(claims(plain, entities)) == expected
