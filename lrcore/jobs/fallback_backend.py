"""Two backends as one: the first, and as long as it has no slots the second."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import final

from lrcore.jobs.backend import Backend, Said, Sink, SlotDown, SlotHeld, SlotMessage, SlotUp


@final
class FallbackBackend:
    """`first` is a cluster, that may be lost and be back, `second` this machine, that is started when it is
    needed for the first time and then kept.

    The slots of `second` are 0, 1, ..., those of `first` come behind them. When `first` is back, what
    `second` trains is trained to its end, and its slots take nothing new. `slots` is how many jobs are meant
    to run on `second` at the same time, which may have a process more than that.
    """

    def __init__(self, first: Backend, second: Backend, *, slots: int) -> None:
        self._first, self._second = first, second
        self._slots = slots
        self._offset = second.slots
        self._lock = threading.Lock()
        self._free: set[int] = set()  # slots of `second` that are up and without a job
        self._busy: set[int] = set()  # those with a job
        self._in_use = self._started = False  # whether `second` is

    @property
    def slots(self) -> int:
        """Those of `first`, beside what `second` still trains; or those that are meant for `second`."""
        there = self._first.slots
        return there + len(self._busy) if there else self._slots

    @property
    def pids(self) -> Mapping[str, int]:
        return {**self._first.pids, **self._second.pids}

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._first.start(self._from_first)

    def run(self, slot: int, job: str, spec: str) -> None:
        backend, number = self._place(slot)
        if backend is self._second:
            # without the lock, which whoever reports to our caller holds
            self._free.discard(slot)
            self._busy.add(slot)
        backend.run(number, job, spec)

    def cancel(self, slot: int, job: str) -> None:
        backend, number = self._place(slot)
        backend.cancel(number, job)

    def kill(self, slot: int) -> None:
        backend, number = self._place(slot)
        backend.kill(number)

    def close(self) -> None:
        self._first.close()
        if self._started:
            self._second.close()

    def _place(self, slot: int) -> tuple[Backend, int]:
        return (self._second, slot) if slot < self._offset else (self._first, slot - self._offset)

    def _from_first(self, slot: int, message: SlotMessage) -> None:
        with self._lock:
            there = self._first.slots > 0
            if there and self._in_use:
                self._in_use = False
                for local in sorted(self._free):
                    self._sink(local, SlotHeld())
            self._sink(self._offset + slot, message)
            if not there and not self._in_use:
                self._in_use = True
                if not self._started:
                    self._started = True
                    self._second.start(self._from_second)
                for local in sorted(self._free):
                    self._sink(local, SlotUp())

    def _from_second(self, slot: int, message: SlotMessage) -> None:
        with self._lock:
            if not isinstance(message, Said):
                self._busy.discard(slot)
            match message:
                case SlotUp():
                    self._free.add(slot)
                    self._sink(slot, message if self._in_use else SlotHeld())
                case SlotDown():
                    self._free.discard(slot)
                    self._sink(slot, message)
                case _:
                    self._sink(slot, message)
