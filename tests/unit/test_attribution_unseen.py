"""Classes of error that real articles showed which the rules had not been written on."""

from __future__ import annotations

import pytest

from tests.speaking import attributions

Said = tuple[str, str | None, str]  # cue, source, content

PARTICIPLES: dict[str, tuple[str, list[Said]]] = {
    "the speaker that the sentence names": (
        "قال المدير إن السد امتلأ، مشيرا إلى أن القرية آمنة.",
        [("قال", "المدير", "السد امتلأ"), ("مشيرا", "المدير", "القرية آمنة")],
    ),
    "one participle behind another": (
        "قال المدير إن السد امتلأ، مشيرا إلى أن القرية آمنة، مؤكدا أن الطريق مفتوح.",
        [
            ("قال", "المدير", "السد امتلأ"),
            ("مشيرا", "المدير", "القرية آمنة"),
            ("مؤكدا", "المدير", "الطريق مفتوح"),
        ],
    ),
    "not who speaks inside the report": (
        "قال المدير إن الوزارة أعلنت أن السد امتلأ، مضيفا أن القرية آمنة.",
        [
            ("قال", "المدير", "الوزارة أعلنت أن السد امتلأ"),
            ("أعلنت", "الوزارة", "السد امتلأ"),
            ("مضيفا", "المدير", "القرية آمنة"),
        ],
    ),
    "empty across the border of a sentence": (
        "قال المدير إن السد امتلأ. مشيرا إلى أن القرية آمنة.",
        [("قال", "المدير", "السد امتلأ"), ("مشيرا", None, "القرية آمنة")],
    ),
}

NOTHING: dict[str, str] = {
    "a passive": "من يتأخر عن الموعد يعتبر منسحبا من السباق.",
    "what turned out": "فحصت الشرطة السيارة وكذلك تبين أن المحرك مسروق.",
    "a thing made known": "كشفت {ORG:شركة النور} عن هاتف جديد في الرياض.",
    "names of winners": "أعلنت {ORG:وزارة الثقافة} أسماء الفائزين بالجائزة.",
    "resumed in a relative clause": "بلغ السعر الذي أعلن عنه أمس حدا قياسيا: عشرين ريالا.",
    "a number in marks": "الأرصدة التي سيفرج عنها تبلغ «29» مليار دولار.",
    "a legal basis": "رسمت الحدود طبقا لقرار مجلس الأمن.",
    "regulations": "حسبت النقاط حسب لائحة الترقيات.",
    "a verdict": "أدانت محكمة باريس الطبيب بالاحتيال.",
    "«إلا» is no «ألا»": "لا يظهر الرئيس إلا نائما.",
    "a preposition with a pronoun": "حوكم عشرة متهمين بينهم ثلاثة فارين في القضية المعروفة بالخلية.",
    "the pronoun is the object": "اقترحه مجلس الكريكت في لاهور.",
    "an example in marks": "كتب الناس تعليقات وردت مثل «الخائن القذر سقط اليوم».",
    "a critic of somebody": "انتقد المدرب الحكم.",
}

SPOKEN: dict[str, tuple[str, list[Said]]] = {
    "the nearer verb has the «أن»": (
        "ظهر رجلان يعتقد أنهما من المدينة.",
        [("يعتقد", None, "من المدينة")],
    ),
    "a finding": ("ووجد الباحثون أن السمك يتذكر.", [("وجد", "الباحثون", "السمك يتذكر")]),
    "a noun with its subject": (
        "وصل الأطباء استجابة لدعوة رئيس المركز {PER:سامر العلي} إلى التطوع.",
        [("دعوة", "رئيس المركز سامر العلي", "التطوع")],
    ),
    "a condemnation as a noun": ("هددوه بعد إدانته مقتل طفل.", [("إدانته", None, "مقتل طفل")]),
    "a critic of an event": ("انتقد المدرب تأخر المباراة.", [("انتقد", "المدرب", "تأخر المباراة")]),
    "«بعدم» is not «بعد»": (
        "طالبت نقابة المعلمين بعدم استهداف المدارس.",
        [("طالبت", "نقابة المعلمين", "عدم استهداف المدارس")],
    ),
    "of research": ("وفقا لدراسة أجراها معهد البحر، ارتفع الماء.", [("وفقا", "دراسة", "ارتفع الماء")]),
}

BORDERS: dict[str, tuple[str, list[Said]]] = {
    "a name in apposition": (
        "قال رئيس الوزراء اليوناني، {PER:أليكسيس تسيبراس}، إنه باق.",
        [("قال", "رئيس الوزراء اليوناني، أليكسيس تسيبراس", "باق")],
    ),
    "a place behind a person": (
        "قال {PER:سامر العلي} على مسرح المدينة إن العرض انتهى.",
        [("قال", "سامر العلي", "العرض انتهى")],
    ),
    "their own papers": (
        "قالت المحكمة في حيثياتها إن الاعتراف صحيح.",
        [("قالت", "المحكمة", "الاعتراف صحيح")],
    ),
    "«أن» in a name": (
        "قال تاجر لدى {ORG:سي إن إن} إن السوق هادئة.",
        [("قال", "تاجر لدى سي إن إن", "السوق هادئة")],
    ),
    "a dash in a name": (
        "زعمت {ORG:حركة التحرير - جناح الوادي} أن المدينة سقطت.",
        [("زعمت", "حركة التحرير - جناح الوادي", "المدينة سقطت")],
    ),
    "whom they address behind a person": (
        "دعا {PER:سامر العلي} المستهلكين إلى الحذر.",
        [("دعا", "سامر العلي", "الحذر")],
    ),
    "a participle's subject before the object": (
        "انتقد {PER:سامر العلي} الخطوة قائلا إنها تأخرت.",
        [("قائلا", "سامر العلي", "تأخرت")],
    ),
    "in what manner": (
        "قال {PER:سامر العلي} معتذرا: «كل عام وأنتم بخير يا أهلي».",
        [("قال", "سامر العلي", "كل عام وأنتم بخير يا أهلي")],
    ),
    "«ورد» is an answer here": (
        "ورد رئيس الدائرة في الاتحاد بأن القرار صحيح.",
        [("رد", "رئيس الدائرة في الاتحاد", "القرار صحيح")],
    ),
    "who issued the paper": (
        "وأصدرت الجامعة بيانا صحفيا جاء فيه: ترشح الكليات من تراه مناسبا.",
        [("جاء", "الجامعة", "ترشح الكليات من تراه مناسبا")],
    ),
    "two plural verbs with one subject": (
        "علماء كثيرون تفرغوا للذاكرة وقالوا إن النوم يقويها.",
        [("قالوا", "علماء كثيرون", "النوم يقويها")],
    ),
    "behind «كون»": (
        "قالت الوزيرة إن الرحلات توقفت كون {ORG:الحوثيين} أعلنوا الاستيلاء على المطار.",
        [
            ("قالت", "الوزيرة", "الرحلات توقفت كون الحوثيين أعلنوا الاستيلاء على المطار"),
            ("أعلنوا", "الحوثيين", "الاستيلاء على المطار"),
        ],
    ),
    "what is described": (
        "وصف الرئيس البرازيلي التوسيع بأنه «تاريخي جدا» في {LOC:الرياض}.",
        [("وصف", "الرئيس البرازيلي", "التوسيع بأنه «تاريخي جدا» في الرياض")],
    ),
    "a pronoun is described": (
        "واتهمتها المنظمة بإعدام مدنيين.",
        [("اتهمتها", "المنظمة", "إعدام مدنيين")],
    ),
    "what the speaker does besides": (
        "قال الوزير إن المباحثات مستمرة، مثمنا دعم الدول الثلاث.",
        [("قال", "الوزير", "المباحثات مستمرة")],
    ),
}


def said(text: str) -> list[Said]:
    return [row[:3] for row in attributions(text)]


@pytest.mark.parametrize(("text", "expected"), PARTICIPLES.values(), ids=PARTICIPLES.keys())
def test_participle_has_the_subject_of_its_sentence(text: str, expected: list[Said]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_reports_nothing(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(("text", "expected"), SPOKEN.values(), ids=SPOKEN.keys())
def test_reports(text: str, expected: list[Said]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(("text", "expected"), BORDERS.values(), ids=BORDERS.keys())
def test_borders(text: str, expected: list[Said]) -> None:
    assert said(text) == expected
