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


def said(text: str) -> list[Said]:
    return [row[:3] for row in attributions(text)]


@pytest.mark.parametrize(("text", "expected"), PARTICIPLES.values(), ids=PARTICIPLES.keys())
def test_participle_has_the_subject_of_its_sentence(text: str, expected: list[Said]) -> None:
    assert said(text) == expected
