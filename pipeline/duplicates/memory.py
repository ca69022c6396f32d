"""What is remembered of each input of the window, by its number: its verdict as bytes, columns to search by."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.duplicates.fingerprints import Hashes
from pipeline.duplicates.postings import Numbers
from pipeline.duplicates.verdicts import Verdict, decoded

#: States of an input. A dead one still answers a repeat, but nothing is compared with it any more.
DEAD, UNIQUE, DUPLICATE = 0, 1, 2

_COLUMNS: dict[str, Any] = {
    "received": np.int64,
    "uri": np.uint64,  # hashes
    "root": np.uint64,
    "fingerprint": np.uint64,
    "label": np.int64,
    "words": np.int32,
    "shingles": np.int32,
    "kept": np.int32,  # hashes of the signature
    "state": np.uint8,
}
_FIRST_CAPACITY = 4096


class Memory:
    """Inputs in the order of their numbers, which have no gaps; `first` is the oldest, `next` the one to come.

    A verdict is kept as the bytes that stand on the topic: 41 bytes of overhead each, and nothing that Python's
    garbage collector would have to walk through.
    """

    def __init__(self, first: int = 0) -> None:
        self.first = self.next = first
        self._base = first  # the number of row 0
        self._values: list[bytes] = []
        self._columns = {name: np.zeros(_FIRST_CAPACITY, kind) for name, kind in _COLUMNS.items()}
        self._bytes = 0

    def __len__(self) -> int:
        return self.next - self.first

    @property
    def nbytes(self) -> int:
        return self._bytes + 41 * len(self) + sum(column.nbytes for column in self._columns.values())

    def append(self, verdict: Verdict, value: bytes, state: int, label: int) -> None:
        """Remember the next input."""
        row = self.next - self._base
        if row == self._columns["state"].size:
            self._make_room()
            row = self.next - self._base
        columns, signature = self._columns, verdict.signature
        columns["received"][row] = verdict.received
        columns["uri"][row] = hash_of(verdict.uri)
        columns["root"][row] = verdict.root
        columns["label"][row] = label
        columns["state"][row] = state
        if signature:
            columns["fingerprint"][row] = signature.fingerprint
            columns["words"][row] = signature.words
            columns["shingles"][row] = signature.shingles
            columns["kept"][row] = len(signature.hashes) // 4
        else:
            for name in ("fingerprint", "words", "shingles", "kept"):
                columns[name][row] = 0
        self._values.append(value)
        self._bytes += len(value)
        self.next += 1

    def forget(self) -> None:
        """Forget the oldest."""
        row = self.first - self._base
        self._bytes -= len(self._values[row])
        self._values[row] = b""
        self.first += 1

    def column(self, name: str, numbers: Numbers) -> npt.NDArray[Any]:
        """These inputs' values in a column."""
        values: npt.NDArray[Any] = self._columns[name][numbers - self._base]
        return values

    def one(self, name: str, number: int) -> int:
        """One input's value in a column."""
        return int(self._columns[name][number - self._base])

    def put(self, name: str, numbers: Any, value: int) -> None:
        """Change a column. Numbers that are forgotten are left out."""
        rows = np.atleast_1d(np.asarray(numbers, np.int64))
        self._columns[name][rows[rows >= self.first] - self._base] = value

    def verdict(self, number: int) -> Verdict:
        return decoded(self._values[number - self._base])

    def value(self, number: int) -> bytes:
        """The verdict as it stands on the topic."""
        return self._values[number - self._base]

    def hashes(self, number: int) -> Hashes:
        """The hashes of this input's text, without a copy."""
        value = self._values[number - self._base]
        count = self.one("kept", number)
        return np.frombuffer(value, "<u4", count, len(value) - 4 * count)

    def _make_room(self) -> None:
        """Reuse the rows of what is forgotten where that is half of them; else twice as many."""
        gone, size = self.first - self._base, self._columns["state"].size
        for name, column in self._columns.items():
            if gone >= size // 2:
                column[: size - gone] = column[gone:]
            else:
                self._columns[name] = np.concatenate((column, np.zeros(size, column.dtype)))
        if gone >= size // 2:
            del self._values[:gone]
            self._base += gone


def hash_of(text: str) -> int:
    """64 bits of a uri; never 0, which stands for none."""
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little") or 1
