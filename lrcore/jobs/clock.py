"""The time and its alarms, so that a test of what happens in half an hour takes none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol, final


class Alarm(Protocol):
    """A call that is due at some time."""

    def cancel(self) -> None:
        """Not wanted any more. The call may be under way all the same."""
        ...


class Clock(Protocol):
    """What the board asks of time."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def later(self, seconds: float, call: Callable[[], None]) -> Alarm:
        """Have `call` called in a thread of its own after that many seconds."""
        ...


@final
class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        return time.monotonic()

    def later(self, seconds: float, call: Callable[[], None]) -> Alarm:
        timer = threading.Timer(seconds, call)
        timer.daemon = True
        timer.start()
        return timer
