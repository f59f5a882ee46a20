"""Who is told what the workers do: one observer that hands on to several, whatever one of them meets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, final

from lrcore.jobs import BackendObserver, Job, Observer

_log = logging.getLogger(__name__)


class Listener(Observer, BackendObserver, Protocol):
    """What a board and its backend tell."""


@final
class Observers:
    """Hands on to each; an error of one is logged, and neither the others nor a job suffer."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def started(self, job: Job, waited_s: float) -> None:
        self._tell(lambda each: each.started(job, waited_s))

    def ended(self, job: Job, ran_s: float | None) -> None:
        self._tell(lambda each: each.ended(job, ran_s))

    def slot_lost(self, slot: int, reason: str) -> None:
        self._tell(lambda each: each.slot_lost(slot, reason))

    def helper_lost(self, reason: str) -> None:
        self._tell(lambda each: each.helper_lost(reason))

    def event_lag(self, seconds: float) -> None:
        self._tell(lambda each: each.event_lag(seconds))

    def _tell(self, what: Callable[[Listener], None]) -> None:
        for listener in self._listeners:
            try:
                what(listener)
            except Exception:
                _log.exception("%s failed.", type(listener).__name__)
