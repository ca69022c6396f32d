"""The three names that errors have here, and the one of the feeds.

*Reject*: never will work; the input goes to the dead-letter topic.
*Retry*: will pass; the same input is tried again, with backoff.
*Stop*: a person must mend it; the worker leaves before it loses anything.
"""

from __future__ import annotations

from typing import ClassVar


class KhabarError(Exception):
    """An error whose message is written for the person who reads it. `status` is the command's exit status."""

    status: ClassVar[int] = 1


class Reject(KhabarError):  # noqa: N818 - the name is the verdict
    """This input can never be processed."""


class Retry(KhabarError):  # noqa: N818
    """This will work later: a broker away, a child process that was lost."""


class Stop(KhabarError):  # noqa: N818
    """Nothing can go on until a person mends it: a missing topic, a wrong setting."""


class Unreachable(Stop):
    """No broker answers: at start for a person to mend; a worker that runs waits for it."""


class Flood(Stop):
    """So much is rejected that the fault lies elsewhere: going on would drain the topic into the dead letters.

    A status of its own, so that a supervisor can tell it from a crash and not simply start the worker again.
    """

    status: ClassVar[int] = 3


class Diverged(KhabarError):  # noqa: N818
    """What a worker remembers is not what the log says: it must read the log again from its start."""


class FeedError(KhabarError):
    """A feed, or one item of it, is refused before it reaches a topic."""
