"""The decided cases of attribution, one row each: sentence, then cue, source, content, quotation, factuality."""

from __future__ import annotations

import pytest

from pipeline.attribution import claims, version
from pipeline.records import Claim

Row = tuple[str, str | None, str, str, str]

I, D, M = "indirect", "direct", "mixed"  # noqa: E741
A = "asserted"

CASES: dict[str, tuple[str, list[Row]]] = {
    "verb, subject, that": (
        "قال وزير النقل سامر العلي إن الجسر سيفتح غدا.",
        [("قال", "وزير النقل سامر العلي", "الجسر سيفتح غدا", I, A)],
    ),
    "conjunction and complementiser stay outside, the pronoun's clause inside": (
        "وأكدت الوزارة أنها دفعت الرواتب.",
        [("أكدت", "الوزارة", "دفعت الرواتب", I, A)],
    ),
    "dropped subject": ("وأضاف: «لن نغادر».", [("أضاف", None, "لن نغادر", D, A)]),
    "object pronoun inside the cue": (
        "أبلغهم المدير بأن المصنع مغلق.",
        [("أبلغهم", "المدير", "المصنع مغلق", I, A)],
    ),
    "subject in front": (
        "مصدر في البلدية قال لوكالة النور إن الطريق مقطوع.",
        [("قال", "مصدر في البلدية", "الطريق مقطوع", I, A)],
    ),
    "topic with «أما»": (
        "أما المدير فقد أكد أن العمل مستمر.",
        [("أكد", "المدير", "العمل مستمر", I, A)],
    ),
    "apposition stays, relative clause goes": (
        "قالت النائبة ليلى حداد، عضو لجنة المال، التي زارت القرية، إن المياه ملوثة.",
        [("قالت", "النائبة ليلى حداد، عضو لجنة المال", "المياه ملوثة", I, A)],
    ),
    "occasion is no part of the source": (
        "قال المتحدث في بيان إن السد امتلأ.",
        [("قال", "المتحدث", "السد امتلأ", I, A)],
    ),
    "coordinated sources are one": (
        "قال الاتحاد والنقابة إن الإضراب مستمر.",
        [("قال", "الاتحاد والنقابة", "الإضراب مستمر", I, A)],
    ),
    "report by another: the source is who was asked": (
        "نقلت وكالة البحر عن صيادين أن المرفأ أغلق.",
        [("نقلت", "صيادين", "المرفأ أغلق", I, A)],
    ),
    "«نقلا عن» behind a cue": (
        "قالت الصحيفة نقلا عن مسؤول إن المصنع أغلق.",
        [("قالت", "مسؤول", "المصنع أغلق", I, A)],
    ),
    "«بحسب» behind": (
        "بلغ عدد الزوار خمسين ألفا، بحسب مدير المتحف.",
        [("بحسب", "مدير المتحف", "بلغ عدد الزوار خمسين ألفا", I, A)],
    ),
    "«وفقا ل» in front: the l stays outside": (
        "وفقا لبيان الشركة، تراجعت المبيعات كثيرا هذا العام.",
        [("وفقا", "بيان الشركة", "تراجعت المبيعات كثيرا هذا العام", I, A)],
    ),
    "«وفق ما ذكر فلان» is one cue": (
        "توقف القطار ساعتين، وفق ما ذكر السائق.",
        [("وفق", "السائق", "توقف القطار ساعتين", I, A)],
    ),
    "«تابع قائلا» is one cue": (
        "وتابع الخبير قائلا إن الأسعار مرتفعة.",
        [("تابع", "الخبير", "الأسعار مرتفعة", I, A)],
    ),
    "«معربا عن أمله في أن»": (
        "وصل الوفد إلى المدينة، معربا عن أمله في أن تنتهي الحرب.",
        [("معربا", "الوفد", "تنتهي الحرب", I, A)],
    ),
    "participle beside another cue: the subject that the sentence names": (
        "قال الحارس إن الباب كان مغلقا، مؤكدا أن أحدا لم يدخل.",
        [("قال", "الحارس", "الباب كان مغلقا", I, A), ("مؤكدا", "الحارس", "أحدا لم يدخل", I, A)],
    ),
    "participle beside a verb that is none: its subject": (
        "دافعت الرئيسة عن القرار، معتبرة أن الظروف صعبة.",
        [("معتبرة", "الرئيسة", "الظروف صعبة", I, A)],
    ),
    "two reports in one sentence": (
        "قال الطبيب إن الحالة مستقرة، وأضاف أن الجراحة نجحت.",
        [("قال", "الطبيب", "الحالة مستقرة", I, A), ("أضاف", None, "الجراحة نجحت", I, A)],
    ),
    "a report inside a report": (
        "قال المحامي إن موكله أبلغه بأن الوثيقة مزورة.",
        [
            ("قال", "المحامي", "موكله أبلغه بأن الوثيقة مزورة", I, A),
            ("أبلغه", "موكله", "الوثيقة مزورة", I, A),
        ],
    ),
    "denied": (
        "نفت الوزارة وجود نقص في الدواء.",
        [("نفت", "الوزارة", "وجود نقص في الدواء", I, "denied")],
    ),
    "alleged": ("زعم التاجر أن السعر ثابت.", [("زعم", "التاجر", "السعر ثابت", I, "alleged")]),
    "«اتهم» includes the accused": (
        "الحكومة تتهم الشركة بالتهرب من الضرائب.",
        [("تتهم", "الحكومة", "الشركة بالتهرب من الضرائب", I, "alleged")],
    ),
    "committed": (
        "تعهد الرئيس بإعادة بناء المدرسة.",
        [("تعهد", "الرئيس", "إعادة بناء المدرسة", I, "committed")],
    ),
    "demand: a phrase without its preposition": (
        "دعا المجلس إلى وقف القتال.",
        [("دعا", "المجلس", "وقف القتال", I, A)],
    ),
    "demand with b": (
        "وطالب السكان بإعادة التيار.",
        [("طالب", "السكان", "إعادة التيار", I, A)],
    ),
    "warning": (
        "حذر خبراء من جامعة الساحل من أن المياه ستنفد.",
        [("حذر", "خبراء من جامعة الساحل", "المياه ستنفد", I, A)],
    ),
    "expectation": ("توقعت الشركة ارتفاع الأرباح.", [("توقعت", "الشركة", "ارتفاع الأرباح", I, A)]),
    "impersonal": (
        "يذكر أن المتحف أغلق قبل عامين.",
        [("يذكر", None, "المتحف أغلق قبل عامين", I, A)],
    ),
    "a study says": (
        "كشفت دراسة جديدة أن النوم يتأخر.",
        [("كشفت", "دراسة جديدة", "النوم يتأخر", I, A)],
    ),
    "direct": (
        "قالت المعلمة: «الصف بارد. نحتاج إلى مدفأة».",
        [("قالت", "المعلمة", "الصف بارد. نحتاج إلى مدفأة", D, A)],
    ),
    "direct behind «أن»": (
        "وأكد اللاعب أن «الفوز قريب جدا».",
        [("أكد", "اللاعب", "الفوز قريب جدا", D, A)],
    ),
    "direct, the mark in front of «إن»": (
        'قال تجار "إن السوق هادئة".',
        [("قال", "تجار", "السوق هادئة", D, A)],
    ),
    "mixed": (
        "قال الشاهد إن السيارة «كانت تسير بسرعة» نحو الجسر.",
        [("قال", "الشاهد", "السيارة «كانت تسير بسرعة» نحو الجسر", M, A)],
    ),
    "a nickname does not make it mixed": (
        "قال الشرطي إن المدعو «الصقر» هرب من السجن.",
        [("قال", "الشرطي", "المدعو «الصقر» هرب من السجن", I, A)],
    ),
    "speech after a colon without marks is indirect": (
        "قال الفلاح: زرعت القمح وحدي هذا العام.",
        [("قال", "الفلاح", "زرعت القمح وحدي هذا العام", I, A)],
    ),
    "a mark that is never closed": (
        "قال الفلاح: «زرعت القمح وحدي هذا العام.\nوهطل المطر.",
        [("قال", "الفلاح", "زرعت القمح وحدي هذا العام.", D, A)],
    ),
    "quotation in front": (
        "«لم يبق في القرية أحد»، قال المختار.",
        [("قال", "المختار", "لم يبق في القرية أحد", D, A)],
    ),
    "a trailing second cue belongs to the first": (
        "قال المختار إن القرية فارغة، بحسب قوله.",
        [("قال", "المختار", "القرية فارغة", I, A)],
    ),
    "the outlet's aside is not in the content": (
        "أكد النائب أن القانون أقر، وهو ما أثار جدلا واسعا.",
        [("أكد", "النائب", "القانون أقر", I, A)],
    ),
    "source and cue behind, «على حد قول»": (
        "«البحر هادئ اليوم كله»، على حد قول الصياد.",
        [("قول", "الصياد", "البحر هادئ اليوم كله", D, A)],
    ),
    "«، كما يرى فلان»": (
        "الرحلة طويلة وشاقة، كما يرى الدليل.",
        [("يرى", "الدليل", "الرحلة طويلة وشاقة", I, A)],
    ),
    "content around the cue: the longer part": (
        "ومن المتوقع، حسب مصدر في المرفأ، أن ترتفع الرسوم كثيرا هذا الصيف.",
        [("حسب", "مصدر في المرفأ", "ترتفع الرسوم كثيرا هذا الصيف", I, A)],
    ),
    "hope about a proposition": (
        "نأمل أن تكون الطريق آمنة.",
        [("نأمل", None, "تكون الطريق آمنة", I, A)],
    ),
    "nouns that govern the content": (
        "صدر تصريح بأن المعبر مفتوح وسط تحذيرات من هطول الثلج.",
        [("تصريح", None, "المعبر مفتوح وسط تحذيرات من هطول الثلج", I, A), ("تحذيرات", None, "هطول الثلج", I, A)],
    ),
    "accusations": (
        "ويواجه التاجر اتهامات بالتهرب من الضرائب.",
        [("اتهامات", None, "التهرب من الضرائب", I, "alleged")],
    ),
    "«ما تداولته صفحات عن»": (
        "نفت البلدية ما تداولته صفحات عن إغلاق السوق.",
        [
            ("نفت", "البلدية", "ما تداولته صفحات عن إغلاق السوق", I, "denied"),
            ("تداولته", "صفحات", "إغلاق السوق", I, A),
        ],
    ),
    "«أدان» with an event": ("أدان الاتحاد قتل الصحفي.", [("أدان", "الاتحاد", "قتل الصحفي", I, A)]),
    "a pronoun alone is no source": (
        "وصلت السفينة التي تدعي أن الحمولة قمح.",
        [("تدعي", None, "الحمولة قمح", I, "alleged")],
    ),
    "subordinate report and main report": (
        "وبينما نفى المدير وجود خلل، أكد العمال أن الآلة معطلة.",
        [("نفى", "المدير", "وجود خلل", I, "denied"), ("أكد", "العمال", "الآلة معطلة", I, A)],
    ),
    "order": ("وجه الرئيس بصرف الرواتب.", []),
    "charge as ground": ("أوقف التاجر بتهمة الاحتيال.", []),
    "praise": ("أشاد المدرب بأداء الفريق.", []),
    "topic verb": ("تطرق المحاضر إلى تاريخ المدينة.", []),
    "intention about one's own act": ("نطمح أن نحقق الفوز.", []),
    "the outlet's own «جدير بالذكر»": ("والجدير بالذكر أن المتحف أغلق قبل عامين.", []),
    "action without content": ("زار الوزير المستشفى والتقى الأطباء.", []),
    "decision": ("قرر المجلس تأجيل الجلسة.", []),
    "performative": ("أعلن أهالي البلدة الحداد ثلاثة أيام.", []),
    "legal basis": ("وفقا للمادة الثالثة تفرض غرامة على المخالف.", []),
    "bare colon in a headline": ("سامر العلي: الجسر سيفتح غدا", []),
    "homograph «بين»": ("جرت المباراة بين فريق الشمال وفريق الجنوب.", []),
    "homograph «طلب»": ("عرضت المحكمة طلب الاستئناف.", []),
}


def rows(found: list[Claim]) -> list[Row]:
    return [
        (
            claim.cue.text,
            claim.source.text if claim.source else None,
            claim.content.text if claim.content else "",
            claim.quotation or "",
            claim.factuality,
        )
        for claim in found
        if claim.cue
    ]


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_decided_case(text: str, expected: list[Row]) -> None:
    assert rows(claims(text, [])) == expected


def test_ids_count_in_text_order() -> None:
    found = claims("قتل 12 شخصا في حريق بمصنع شمال المدينة. قال الحارس إن الباب كان مغلقا.", [])
    assert [claim.id for claim in found] == ["c1", "c2"]
    assert [claim.cue is None for claim in found] == [True, False]


def test_statement_of_the_outlet_has_no_attribution() -> None:
    (claim,) = claims("قتل 12 شخصا وأصيب 30 آخرون في حريق بمصنع شمال المدينة.", [])
    assert (claim.source, claim.cue, claim.claimant, claim.quotation) == (None, None, None, None)
    assert claim.content is not None
    assert claim.content.text == "قتل 12 شخصا وأصيب 30 آخرون في حريق بمصنع شمال المدينة."
    assert claim.check_worthiness >= 0.6


def test_statement_inside_a_report_is_not_the_outlets() -> None:
    found = claims("قال الحارس إن 12 شخصا قتلوا وأصيب 30 آخرون في حريق بمصنع شمال المدينة.", [])
    assert [claim.cue is None for claim in found] == [False]


def test_the_same_article_gives_the_same_claims() -> None:
    text = "قال الطبيب إن الحالة مستقرة، وأضاف أن الجراحة نجحت."
    assert claims(text, []) == claims(text, [])


def test_spelling_does_not_matter_and_offsets_are_those_of_the_text() -> None:
    text = "وَقـــال الطَّبيبُ إنّ الحالةَ مستقرّة"
    (claim,) = claims(text, [])
    assert claim.cue is not None
    assert claim.cue.text == "قـــال"
    assert text[claim.cue.start : claim.cue.end] == claim.cue.text
    assert claim.content is not None
    assert claim.content.text == "الحالةَ مستقرّة"


def test_version_names_the_rules() -> None:
    assert version().startswith("khabar-attribution-")
    assert version() == version()
