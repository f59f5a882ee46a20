"""Keeps a log readable when something goes wrong a thousand times a second."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

_MOST, _WINDOW_S, _KINDS_MAX = 100, 60.0, 1000


@dataclass
class _Kind:
    since: float
    count: int = 0


@final
class FloodFilter(logging.Filter):
    """Lets warnings and errors of one kind (one logger's one text) through 100 times a minute; the first of
    the next minute says how many were `left_out`. asyncio for one logs two thousand lines a second while
    there is no file descriptor for who wants to connect."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock: Final = clock
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._lock = threading.RLock()  # a signal handler logs too, in whatever its thread was at

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        now = self._clock()
        with self._lock:
            if len(self._kinds) > _KINDS_MAX:
                self._kinds.clear()
            kind = self._kinds.setdefault((record.name, str(record.msg)), _Kind(now))
            if now - kind.since > _WINDOW_S:
                if kind.count > _MOST:
                    left_out = {"left_out": kind.count - _MOST}
                    record.fields = {**getattr(record, "fields", {}), **left_out}
                kind.since, kind.count = now, 0
            kind.count += 1
            return kind.count <= _MOST
