"""About how long a job waits: what runs and what waits before it, each as long as it is estimated."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator


class Pace:
    """How many seconds a second of estimated training takes here, from the jobs that have finished."""

    def __init__(self) -> None:
        self.seconds = 1.0

    def learn(self, estimated_s: float, took_s: float) -> None:
        """Jobs of an instant say nothing: what they take is a process' start."""
        if estimated_s >= 0.2:
            self.seconds += 0.2 * (min(max(took_s / estimated_s, 0.1), 20.0) - self.seconds)


def waits(left_s: Iterable[float], costs_s: Iterable[float], slots: int) -> Iterator[float]:
    """For jobs that take `costs_s`, in the order in which they start, the seconds until they do; `left_s` are
    those of the jobs that run.

    >>> list(waits([3.0, 5.0], [1.0, 1.0, 1.0], slots=2))
    [3.0, 4.0, 5.0]
    """
    free = [*left_s]
    free += [0.0] * (slots - len(free))
    heapq.heapify(free)
    for cost in costs_s:
        yield free[0]
        heapq.heapreplace(free, free[0] + cost)
