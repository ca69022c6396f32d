"""The tagger that ships, in its child process: exact spans, and a child that may hang or die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import Retry, Stop
from pipeline.tagger import process
from pipeline.tagger.files import WEIGHTS
from pipeline.tagger.labels import TYPES
from pipeline.tagger.mentions import Mention
from pipeline.tagger.models import EntityModel
from pipeline.tagger.process import ProcessTagger

TEXT = "قال رئيس الوزراء العراقي محمد شياع السوداني في بغداد إن وزارة الخارجية الأمريكية أبلغت واشنطن."


@pytest.fixture(scope="module")
def tagger() -> Iterator[ProcessTagger]:
    tagger = ProcessTagger()
    yield tagger
    tagger.close()


def named(text: str, mentions: list[Mention]) -> list[tuple[str, str]]:
    return [(text[mention.start : mention.end], mention.type) for mention in mentions]


def test_finds_names(tagger: ProcessTagger) -> None:
    (mentions,) = tagger.tag([TEXT])
    assert named(TEXT, mentions) == [
        ("محمد شياع السوداني", "PER"),
        ("بغداد", "LOC"),
        ("وزارة الخارجية الأمريكية", "ORG"),
        ("واشنطن", "LOC"),
    ]
    assert tagger.ready()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("محمد", "مُحَمَّد", "مُحَمَّد شياع السوداني"),
        ("محمد", "محـــمد", "محـــمد شياع السوداني"),
        ("محمد", "\u200fمحمد", "محمد شياع السوداني"),
        ("قال", "😀 قال", "محمد شياع السوداني"),
        ("محمد شياع", "محمد\u00a0 شياع", "محمد\u00a0 شياع السوداني"),
        ("قال", "عنوان\r\n\r\nقال", "محمد شياع السوداني"),
        ("محمد", "ﻣﺤﻤﺪ", "ﻣﺤﻤﺪ شياع السوداني"),
    ],
)
def test_signs_do_not_shift_spans(tagger: ProcessTagger, old: str, new: str, expected: str) -> None:
    text = TEXT.replace(old, new, 1)
    (mentions,) = tagger.tag([text])
    assert (expected, "PER") in named(text, mentions)


PARTS = st.sampled_from(
    [
        *TEXT.split(),
        *"اأإبتوفلكىيةءـًٌَُِّْٰ",
        *("ﻻ", "ﷲ", "ﻣﺤﻤﺪ", "\u200c", "\u200d", "\u200f", "\u202b", "\u2067", "\ufeff"),
        *(
            "😀",
            "👨\u200d👩\u200d👧",
            "é",
            "e\u0301",
            "«",
            "»",
            '"',
            "(",
            ")",
            ".",
            "،",
            "؟",
            "…",
            "3.5",
            "٣",
            "A",
        ),
        *("\ud800", "\x00", " ", " ", " ", "\u00a0", "\n", "\r\n", "\t", "\u2028"),
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.one_of(st.lists(PARTS, max_size=60).map("".join), st.text(max_size=30)), max_size=6))
def test_spans_are_exact_for_any_text(tagger: ProcessTagger, texts: list[str]) -> None:
    found = tagger.tag(texts)
    assert len(found) == len(texts)
    for text, mentions in zip(texts, found, strict=True):
        free = 0
        for mention in mentions:
            span = text[mention.start : mention.end]
            assert free <= mention.start < mention.end <= len(text)
            assert span == span.strip() != ""
            assert mention.type in TYPES
            assert 0 < mention.score <= 1
            assert round(mention.score, 4) == mention.score
            free = mention.end


def test_a_long_sentence_is_read_to_its_end(tagger: ProcessTagger) -> None:
    """500 KB without a stop, more than any pipe holds: names are found in all of it."""
    unit = "وصل محمد علي إلى بغداد أمس و"
    count = 250_000 // len(unit)
    (mentions,) = tagger.tag([unit * count])
    places = {mention.start // len(unit) for mention in mentions}
    assert len(places) > 0.9 * count


def test_version_names_the_files(tmp_path: Path, tagger: ProcessTagger) -> None:
    assert tagger.version.startswith("khabar-entities-")
    for file in WEIGHTS.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert version_in(tmp_path) == tagger.version
    with (tmp_path / "tokenizer.json").open("a") as tokenizer:
        tokenizer.write(" ")
    assert version_in(tmp_path) != tagger.version


def version_in(folder: Path) -> str:
    with closing(ProcessTagger(EntityModel(str(folder)))) as tagger:
        return tagger.version


def test_a_lost_child_is_replaced(tagger: ProcessTagger) -> None:
    expected = tagger.tag([TEXT])
    assert tagger._child is not None
    tagger._child.process.kill()
    with pytest.raises(Retry, match="died"):
        tagger.tag([TEXT])
    assert not tagger.ready()
    assert tagger.tag([TEXT]) == expected


def test_a_child_that_takes_too_long_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CHARACTERS_PER_SECOND", 1e9)
    tagger = ProcessTagger(timeout=3)
    expected = tagger.tag([TEXT])
    hung = tagger._child
    assert hung is not None
    hung.process.send_signal(signal.SIGSTOP)  # hangs: it neither reads nor answers
    with pytest.raises(Retry, match="no answer within 3 s"):
        tagger.tag([TEXT * 50_000])
    assert hung.process.poll() is not None, "the old child is gone"
    assert tagger.tag([TEXT]) == expected
    tagger.close()


def test_close_ends_a_call_that_waits() -> None:
    tagger = ProcessTagger()
    tagger.tag([TEXT])
    assert tagger._child is not None
    tagger._child.process.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(tagger.tag, [TEXT])
        while not tagger._lock.locked():
            time.sleep(0.01)
        tagger.close()
        with pytest.raises(Retry, match="died"):
            waiting.result(timeout=30)


def test_a_child_that_never_loads_is_stopped() -> None:
    tagger = ProcessTagger(startup=0.01)
    with pytest.raises(Retry, match="not ready within"):
        tagger.tag([TEXT])
    tagger.close()


def test_a_missing_or_broken_model_stops(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no entity model"):
        ProcessTagger(EntityModel(str(tmp_path)))
    (tmp_path / "model.xml").write_text("no model")
    (tmp_path / "tokenizer.json").write_text("{")
    tagger = ProcessTagger(EntityModel(str(tmp_path)))
    with pytest.raises(Stop, match="cannot be loaded"):
        tagger.tag([TEXT])
    tagger.close()


def test_the_child_survives_ctrl_c_and_dies_with_its_parent() -> None:
    script = (
        "import time; from pipeline.tagger.process import ProcessTagger\n"
        "tagger = ProcessTagger(); tagger.tag(['بغداد'])\n"
        "print(tagger._child.process.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGINT)
        time.sleep(0.3)
        os.kill(child, 0)  # still there
        parent.kill()
    for _ in range(100):
        if not _alive(child):
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its parent by ten seconds")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_parent_stays_light_and_telemetry_is_barred() -> None:
    script = (
        "import sys; from pipeline.tagger.process import ProcessTagger; t = ProcessTagger(); t.version\n"
        "assert not {'openvino', 'transformers', 'numpy'} & set(sys.modules), sorted(sys.modules)\n"
        "t.close()\n"
        "from pipeline.tagger.local import LocalTagger; LocalTagger().tag(['بغداد'])\n"
        "assert 'openvino' in sys.modules\n"
        "assert sys.modules['openvino_telemetry'] is None\n"
        "assert not [name for name in sys.modules if name.startswith('openvino_telemetry.')]"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("قتل خمسة أشخاص على الأقل في بوتشا قرب كييف يوم أمس.", "بوتشا"),
        ("دخلت القوات الروسية مدينة باخموت شرقي أوكرانيا.", "باخموت"),
        ("وصل الوفد إلى بنسلفانيا مساء الجمعة.", "بنسلفانيا"),
        ("أعلنت وزارة الصحة الفلسطينية في غزة أن حصيلة القتلى ارتفعت.", "وزارة الصحة الفلسطينية"),
    ],
)
def test_borders_that_particles_decide(text: str, name: str, tagger: ProcessTagger) -> None:
    assert name in {text[mention.start : mention.end] for mention in tagger.tag([text])[0]}
