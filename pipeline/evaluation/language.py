"""How well language detection decides what goes on as Arabic, by language, length and kind of text."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.errors import KhabarError
from pipeline.languages.detector import UNDETERMINED, detect, is_arabic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Lengths in words between spaces, from the named number up to the next.
BANDS = (1, 2, 5, 10, 20, 40)
# The languages whose texts must not go on, by the acceptance this evaluation was made for.
OTHERS = ("fa", "ur", "ps", "ckb", "sd", "ug")
_SAME = {"ara": "ar", "arb": "ar", "pes": "fa", "prs": "fa", "pbu": "ps", "pus": "ps", "uig": "ug", "snd": "sd"}


class Example(msgspec.Struct, frozen=True):
    """One line of an evaluation file; `language` is an ISO 639 code, `kind` is free (sentence, document, …)."""

    text: str
    language: str
    kind: str = "text"


class _Tally:
    """Counts of what became of some texts."""

    def __init__(self) -> None:
        self.count = self.arabic = self.undetermined = self.correct = 0

    def add(self, found: str, language: str) -> None:
        self.count += 1
        self.arabic += is_arabic(found)
        self.undetermined += found == UNDETERMINED
        self.correct += found == language or (is_arabic(found) and is_arabic(language))

    def __add__(self, other: _Tally) -> _Tally:
        total = _Tally()
        for name in ("count", "arabic", "undetermined", "correct"):
            setattr(total, name, getattr(self, name) + getattr(other, name))
        return total

    def shares(self) -> dict[str, float | None]:
        """count, and the shares that went on as Arabic, were und, and were diverted as another language."""
        return {
            "count": self.count,
            "arabic": _share(self.arabic, self.count),
            "und": _share(self.undetermined, self.count),
            "other": _share(self.count - self.arabic - self.undetermined, self.count),
        }


def evaluate_language(paths: Sequence[Path]) -> dict[str, Any]:
    """Detect the language of every line of JSON Lines files of `{"text", "language", "kind"}`, and count.

    Keys of the result, every share being of the texts it names (null where there are none):

    - `count`; `accuracy`: share with the right code, all varieties of Arabic being one;
    - `arabic_5`, `arabic_40`: share of the Arabic texts of at least 5, at least 40 words that go on;
    - `other_5`, `other_40`: the same of fa, ur, ps, ckb, sd and ug: the worst of these languages, since each has
      to hold by itself;
    - `languages`: by code, the `shares` of all its texts, of those of `words_5` and `words_40`, and by length
      in `bands` ("1", "2-4", "5-9", "10-19", "20-39", "40+");
    - `kinds`: by kind, then by "arabic" or "other" language, the `shares`;
    - `shares` are `count`, `arabic` (goes on), `und`, and `other` (diverted as another language).

    Raises:
        KhabarError: a file cannot be read, is empty, or has a line that is no example; the message says which.
    """
    tallies: dict[tuple[str, int, str], _Tally] = defaultdict(_Tally)
    for path in paths:
        for example in read_examples(path):
            words = len(example.text.split())
            band = max((least for least in BANDS if least <= words), default=BANDS[0])
            language = _SAME.get(example.language, example.language)
            tallies[language, band, example.kind].add(detect(example.text).code, language)
    if not tallies:
        raise KhabarError("no files to evaluate")
    return _report(tallies)


def _report(tallies: dict[tuple[str, int, str], _Tally]) -> dict[str, Any]:
    """The counts, summed every way that `evaluate_language` promises."""

    def total(languages: Sequence[str], least: int = 0, most: int = BANDS[-1], kind: str | None = None) -> _Tally:
        chosen = (
            tally
            for (language, band, this), tally in tallies.items()
            if language in languages and least <= band <= most and kind in (None, this)
        )
        return sum(chosen, _Tally())

    languages = sorted({language for language, _, _ in tallies})
    arabic = [language for language in languages if is_arabic(language)]
    rest = [language for language in languages if not is_arabic(language)]
    everything = total(languages)

    def worst(least: int) -> float | None:
        shares = [total([language], least).shares()["arabic"] for language in OTHERS if language in languages]
        return max((share for share in shares if share is not None), default=None)

    return {
        "count": everything.count,
        "accuracy": _share(everything.correct, everything.count),
        "arabic_5": total(arabic, 5).shares()["arabic"],
        "arabic_40": total(arabic, 40).shares()["arabic"],
        "other_5": worst(5),
        "other_40": worst(40),
        "languages": {
            language: total([language]).shares()
            | {f"words_{least}": total([language], least).shares() for least in (5, 40)}
            | {"bands": {name: total([language], band, band).shares() for band, name in _band_names()}}
            for language in languages
        },
        "kinds": {
            kind: {"arabic": total(arabic, kind=kind).shares(), "other": total(rest, kind=kind).shares()}
            for kind in sorted({kind for _, _, kind in tallies})
        },
    }


def read_examples(path: Path) -> Iterator[Example]:
    """The examples of one file; blank lines are passed over.

    Raises:
        KhabarError: the file cannot be read or is empty, or a line is no example.
    """
    decoder = msgspec.json.Decoder(Example)
    empty = True
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    example = decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    problem = f'no {{"text", "language", "kind"}}: {error}'
                    raise KhabarError(f"{path}, line {number}: {problem}") from None
                empty = False
                yield example
    except OSError as error:
        raise KhabarError(f"{path}: cannot be read ({error.strerror})") from None
    if empty:
        raise KhabarError(f"{path}: empty, no line to evaluate")


def _band_names() -> Iterator[tuple[int, str]]:
    for least, after in zip(BANDS, (*BANDS[1:], None), strict=True):
        name = f"{least}+" if after is None else str(least) if after == least + 1 else f"{least}-{after - 1}"
        yield least, name


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None
