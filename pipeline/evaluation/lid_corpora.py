"""Public language-identification corpora, as the JSON Lines that `khabar evaluate language` reads.

The folder given holds the corpora as they are published, under the names below. Nothing is filtered but empty
lines: the noise of a corpus (Qur'an verses inside Urdu, Latin headings inside Kurdish) is part of the test.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import orjson

from pipeline.errors import KhabarError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Half = Literal["tune", "held-out"]
DOCUMENT_WORDS = 40


@dataclass(frozen=True, slots=True)
class Corpus:
    """One file: where it lies, its language (ISO 639), what a line is, and whether lines join to documents."""

    path: str
    language: str
    kind: Literal["sentence", "word-pair", "word"] = "sentence"
    joined: bool = True


def _udhr(name: str, language: str) -> Corpus:
    return Corpus(f"lid_udhr/{name}.txt", language)


def _pali(name: str, language: str) -> Corpus:
    return Corpus(f"lid_pali_persoarabic/{name}.txt", language)


def _lingua(language: str) -> Iterator[Corpus]:
    yield Corpus(f"lid_lingua_testdata/sentences/{language}.txt", language)
    yield Corpus(f"lid_lingua_testdata/word-pairs/{language}.txt", language, "word-pair", joined=False)
    yield Corpus(f"lid_lingua_testdata/single-words/{language}.txt", language, "word", joined=False)


# Left out, on purpose: the `-latn` files of KurdishLID (Latin script alone tells them, they would flatter the
# rates of ckb and kmr) and the English side of FLORES (English is there already).
CORPORA: tuple[Corpus, ...] = (
    *(
        Corpus(f"lid_ud_sentences/{name}.txt", name[:2])
        for name in (
            "ar_pud-ud-test",
            "fa_seraji-ud-dev",
            "fa_seraji-ud-test",
            "ur_udtb-ud-dev",
            "ur_udtb-ud-test",
            "ps_sikaram-ud-test",
            "sd_isra-ud-test",
            "ug_udt-ud-train",
            "ug_udt-ud-dev",
            "ug_udt-ud-test",
            "en_pud-ud-test",
        )
    ),
    *(corpus for code in ("ar", "fa", "ur", "az", "de", "en", "es", "fr", "he", "tr") for corpus in _lingua(code)),
    Corpus("lid_flores_v1_pashto/wikipedia.dev.ps-en.ps", "ps"),
    Corpus("lid_flores_v1_pashto/wikipedia.devtest.ps-en.ps", "ps"),
    _pali("corpora/Arabic_arb", "ar"),
    _pali("corpora/Balochi_bal", "bal"),
    _pali("corpora/Brahui_brh", "brh"),
    _pali("corpora/Gilaki_glk-wiki-20221201", "glk"),
    _pali("corpora/Gorani_hac", "hac"),
    _pali("corpora/Kashmiri_ks-wiki-20221201", "ks"),
    _pali("corpora/Persian_fas", "fa"),
    _pali("corpora/Torwali_trw", "trw"),
    _pali("corpora/Urdu_urd", "ur"),
    _pali("kurdish/Arabic-arab_train", "ar"),
    _pali("kurdish/CentralKurdish-arab_train", "ckb"),
    _pali("kurdish/Gorani-arab_train", "hac"),
    _pali("kurdish/NorthernKurdish-arab_train", "kmr"),
    _pali("kurdish/Persian-arab_train", "fa"),
    _pali("kurdish/SouthernKurdish-arab_train", "sdh"),
    *(
        _udhr(name, language)
        for name, language in (
            ("arb", "ar"),
            ("pes_1", "fa"),
            ("pes_2", "fa"),
            ("urd", "ur"),
            ("urd_2", "ur"),
            ("pbu", "ps"),
            ("uig_arab", "ug"),
            ("pnb", "pnb"),
            ("skr", "skr"),
            ("mly_arab", "ms"),
            ("eng", "en"),
            ("fra", "fr"),
            ("heb", "he"),
            ("tur", "tr"),
        )
    ),
)
WIKIPEDIAS = {"lid_wiki_arz_ar/ar.jsonl": "ar", "lid_wiki_arz_ar/arz.jsonl": "arz"}


def half_of(text: str) -> Half:
    """Which half a line belongs to, by its bytes: the same line is never both tuned on and tested on."""
    return "tune" if zlib.crc32(text.encode()) & 1 else "held-out"


def write_lid_corpora(folder: Path, output: Path, half: Half | None = None) -> int:
    """Write the corpora under `folder` to `output` as JSON Lines; how many were written.

    With `half`, only the lines of that half; the detector was tuned on "tune" alone.

    Raises:
        KhabarError: the folder holds none of the corpora, or one of them cannot be read.
    """
    count = 0
    with output.open("wb") as file:
        for text, language, kind in read_lid_corpora(folder, half):
            row = {"text": text, "language": language, "kind": kind}
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    if count == 0:
        output.unlink()
        raise KhabarError(f"{folder}: none of the language corpora are there (lid_ud_sentences, lid_udhr, …)")
    return count


def read_lid_corpora(folder: Path, half: Half | None = None) -> Iterator[tuple[str, str, str]]:
    """(text, language, kind) of every line, then of every document joined from lines; missing files are passed."""
    for corpus in CORPORA:
        path = folder / corpus.path
        if not path.exists():
            continue
        lines = [line for line in _lines(path) if half in (None, half_of(line))]
        for line in lines:
            yield line, corpus.language, corpus.kind
        if corpus.joined:
            for document in _documents(lines):
                yield document, corpus.language, "document"
    for name, language in WIKIPEDIAS.items():
        if (folder / name).exists():
            yield from _articles(folder / name, language, half)


def _articles(path: Path, language: str, half: Half | None) -> Iterator[tuple[str, str, str]]:
    """Each Wikipedia article whole, and each of its lines; an article and its lines are of the same half.

    The body stands between `<doc …>` and `</doc>`, a line each.
    """
    for number, line in enumerate(_lines(path), start=1):
        try:
            lines = orjson.loads(line)["text"].splitlines()
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise KhabarError(f"{path}, line {number}: no article ({error})") from None
        body = [part for part in lines if not part.startswith(("<doc", "</doc"))]
        text = "\n".join(body).strip()
        if not text or half not in (None, half_of(text)):
            continue
        yield text, language, "document"
        for part in body:
            if part.strip():
                yield part.strip(), language, "sentence"


def _documents(lines: Iterable[str]) -> Iterator[str]:
    """Consecutive lines, joined until they have DOCUMENT_WORDS words; a shorter rest is dropped."""
    waiting: list[str] = []
    words = 0
    for line in lines:
        waiting.append(line)
        words += len(line.split())
        if words >= DOCUMENT_WORDS:
            yield "\n".join(waiting)
            waiting, words = [], 0


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for line in file:
                if line := line.strip():
                    yield line
    except (OSError, UnicodeDecodeError) as error:
        raise KhabarError(f"{path}: cannot be read ({error})") from None
