"""What the tagger and its child process say to each other: frames, msgpack after four bytes of length."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from pipeline.tagger.mentions import Mention

T = TypeVar("T")
_LENGTH = struct.Struct(">I")


class Request(msgspec.Struct, tag="request"):
    """Texts to tag."""

    texts: list[str]


class Ready(msgspec.Struct, tag="ready"):
    """The model of this version is loaded."""

    version: str


class Answer(msgspec.Struct, tag="answer"):
    """The mentions of each text of the request."""

    mentions: list[list[Mention]]


class Failure(msgspec.Struct, tag="failure"):
    """Loading or tagging failed; `loading` tells which."""

    message: str
    loading: bool


Reply = Ready | Answer | Failure


@dataclass(frozen=True)
class Deadline:
    """A moment of the monotonic clock."""

    moment: float

    @staticmethod
    def after(seconds: float) -> Deadline:
        return Deadline(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until then.

        Raises:
            TimeoutError: it has passed.
        """
        seconds = self.moment - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


def send(connection: socket.socket, message: msgspec.Struct, deadline: Deadline | None = None) -> None:
    """Send one frame whole.

    Raises:
        TimeoutError: the deadline passed.
        OSError: nobody is at the other end.
    """
    payload = msgspec.msgpack.encode(message)
    connection.settimeout(deadline.left() if deadline else None)
    connection.sendall(_LENGTH.pack(len(payload)) + payload)  # its timeout holds for all of it


def receive(connection: socket.socket, kind: type[T], deadline: Deadline | None = None) -> T:
    """Receive one frame whole.

    Raises:
        TimeoutError: the deadline passed.
        EOFError: the other end is gone.
        OSError: likewise, more roughly.
    """
    size: int = _LENGTH.unpack(_exactly(connection, _LENGTH.size, deadline))[0]
    return msgspec.msgpack.decode(_exactly(connection, size, deadline), type=kind)


def _exactly(connection: socket.socket, size: int, deadline: Deadline | None) -> bytearray:
    data = bytearray()
    while len(data) < size:
        connection.settimeout(deadline.left() if deadline else None)
        part = connection.recv(min(size - len(data), 1 << 20))
        if not part:
            raise EOFError
        data += part
    return data
