"""Asking whether to stop, often enough to be quick and seldom enough to be cheap."""

from __future__ import annotations

import time
from collections.abc import Callable

INTERVAL_S = 0.01


class Patience:
    """A `should_stop` that stays true once it was, and may be asked in an inner loop."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self._should_stop = should_stop
        self._asked = time.perf_counter()
        self.over = False

    def ask(self) -> bool:
        """Whether to stop, asked now."""
        self.over = self.over or bool(self._should_stop())
        self._asked = time.perf_counter()
        return self.over

    def glance(self) -> bool:
        """Whether to stop, asked at most every 10 ms: for inner loops."""
        if not self.over and time.perf_counter() - self._asked > INTERVAL_S:
            self.ask()
        return self.over
