"""Failpoints: the few places where a fault test may step in. Without `KHABAR_FAILPOINTS` they do nothing.

| point | where | what passes | more |
| --- | --- | --- | --- |
| `tagger` | the tagger is about to be made | the class | |
| `batch` | a batch has been taken, nothing is done | its arrivals | `stage` |
| `emissions` | outcomes have become records, none is sent | the records, in order | `stage`, `commit` |
| `sent` | the brokers have acknowledged all, nothing is committed | the records | `stage` |

What is armed at a point gets what passes there and gives back what goes on in its place; all but `tagger` are
coroutines. The faults themselves live in the tests: the setting names a function, `module:function`, that
arms them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, Literal, TypeVar, cast

from pipeline.errors import Stop

Point = Literal["tagger", "batch", "emissions", "sent"]
T = TypeVar("T")

_armed: dict[Point, Callable[..., Any]] = {}


def arm(point: Point, hook: Callable[..., Any]) -> None:
    """Have `hook` called wherever the code passes the point."""
    _armed[point] = hook


def disarm() -> None:
    """As if nothing had ever been armed."""
    _armed.clear()


def load(name: str) -> None:
    """Call the function that the setting names; nothing where it names none.

    Raises:
        Stop: there is no such function.
    """
    if not name:
        return
    module, _, function = name.partition(":")
    try:
        arming = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise Stop(f"KHABAR_FAILPOINTS={name}: {error}") from None
    arming()


def at(point: Point, value: T) -> T:
    """What goes on from a point in plain code: the value itself, unless something is armed."""
    hook = _armed.get(point)
    return cast(T, hook(value)) if hook else value


async def passing(point: Point, value: T, **more: Any) -> T:
    """The same in a coroutine."""
    hook = _armed.get(point)
    return await cast(Awaitable[T], hook(value, **more)) if hook else value
