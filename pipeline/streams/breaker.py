"""The breaker: a flood of poison stops the worker before it drains the topic into the dead letters."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from pipeline import metrics
from pipeline.errors import Flood
from pipeline.outcomes import Outcome, Rejected


class Breaker:
    """Trips when, of the last `size` inputs of a stage, at least `share` (0 to 1) would be dead letters.

    Before it has seen `size` inputs it does not trip: the first few may well be a feed's odd ones.
    """

    def __init__(self, stage: str, size: int, share: float) -> None:
        self._stage = stage
        self._share = share
        self._rejected: deque[bool] = deque(maxlen=size)
        self._last: Exception | None = None
        metrics.BREAKER_OPEN.labels(stage).set(0)

    def watch(self, outcomes: Sequence[Outcome]) -> None:
        """Count a batch before any of it is sent.

        Raises:
            Flood: too much of it, and of what came before, is poison.
        """
        for outcome in outcomes:
            self._rejected.append(isinstance(outcome, Rejected))
            if isinstance(outcome, Rejected):
                self._last = outcome.error
        share = sum(self._rejected) / len(self._rejected) if self._rejected else 0.0
        metrics.REJECTED_SHARE.labels(self._stage).set(share)
        if len(self._rejected) == self._rejected.maxlen and share >= self._share:
            metrics.BREAKER_OPEN.labels(self._stage).set(1)
            raise Flood(
                f"the {self._stage} stage would reject {share:.0%} of its last {len(self._rejected)} inputs, the "
                f"last because: {self._last}. Nothing of this batch is sent. Mend the cause, then start again"
            )
