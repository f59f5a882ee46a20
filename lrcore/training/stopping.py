"""Polling a `should_stop`, often enough to be quick and seldom enough to be cheap."""

from __future__ import annotations

import time
from collections.abc import Callable

INTERVAL_S = 0.01


class StopCheck:
    """A `should_stop` that stays true once it was, and may be polled in an inner loop. `clock` tells
    seconds."""

    def __init__(
        self, should_stop: Callable[[], bool], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._should_stop = should_stop
        self._clock = clock
        self._polled_at = clock()
        self.stopped = False

    def poll(self) -> bool:
        """Whether to stop, asked now."""
        self.stopped = self.stopped or bool(self._should_stop())
        self._polled_at = self._clock()
        return self.stopped

    def poll_at_most_every_10ms(self) -> bool:
        """Whether to stop, as of the last 10 ms: for inner loops."""
        if not self.stopped and self._clock() - self._polled_at > INTERVAL_S:
            self.poll()
        return self.stopped
