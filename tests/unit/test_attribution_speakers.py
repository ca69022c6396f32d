"""Who speaks: addressees in front, impersonal cues, marks, relaying outlets, contrasts, forms."""

from __future__ import annotations

import pytest

from tests.speaking import Row, attributions

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

GROUPS = {
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
    assert attributions(text) == expected
