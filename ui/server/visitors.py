"""How many visitors there are, and how often the page's script runs for them."""

from __future__ import annotations

import threading
from typing import final

from ui.server.job_log import short
from ui.server.logs import event


@final
class Visitors:
    """Counts the sessions with an open tab."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self.script_runs = 0  # of the whole page, since the start

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, session: str) -> None:
        with self._lock:
            if session in self._open:
                return
            self._open.add(session)
        event("session opened", session=short(session), sessions=len(self))

    def closed(self, session: str) -> None:
        with self._lock:
            if session not in self._open:
                return
            self._open.remove(session)
        event("session closed", session=short(session), sessions=len(self))

    def ran(self) -> None:
        self.script_runs += 1  # two at once may count as one, which a rate does not show


visitors = Visitors()
