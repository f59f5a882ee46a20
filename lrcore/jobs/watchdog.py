"""Sees from outside that a process no longer works, although it is there."""

from __future__ import annotations

from typing import final

from lrcore.jobs.processes import Seen

INTERVAL_S = 1.0  # between two looks


@final
class Watchdog:
    """One process: how long it has been silent, and whether it has been stopped.

    A machine that slept, or a container that was frozen, wakes up with every process silent for hours: a look
    counts two intervals at most. Nor does the time count for which it was ready and got no core.
    """

    def __init__(self, silence_max_s: float) -> None:
        self._silence_max_s = silence_max_s  # 0: it may be silent for ever
        self._silent_s = 0.0
        self._seen = Seen()
        self._stopped = 0  # looks in a row at which it was

    def heard(self) -> None:
        """It gave a sign of life."""
        self._silent_s = 0.0

    def look(self, pid: int | None, passed_s: float) -> str | None:
        """What is wrong with the process, to follow its name, or None; `passed_s` since the last look."""
        before, self._seen = self._seen, Seen() if pid is None else Seen.of(pid)
        got_no_core = self._seen.state == "R" and self._seen.cpu_s - before.cpu_s < passed_s / 2
        if not got_no_core:
            self._silent_s += min(passed_s, 2 * INTERVAL_S)
        # Twice: after Ctrl-Z and `fg` in a terminal the web process may look before the others go on.
        self._stopped = self._stopped + 1 if self._seen.state == "T" else 0
        if self._stopped > 1:
            return "was stopped from outside"
        if 0 < self._silence_max_s < self._silent_s:
            return f"gave no sign of life for {self._silence_max_s:.0f} s"
        return None
