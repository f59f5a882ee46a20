"""Who is next: whoever would have had least once the job is done, and of these whoever waits longest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# A second of waiting outweighs so many seconds of training: small enough for short jobs to pass long ones,
# large enough for a job of 15 minutes to be due after four.
_AGEING = 4.0
_TURN_S = 1.0  # what a job counts for at least: a slot, a process and everybody's attention
_HALF_LIFE_S = 30.0  # of what an owner has had
_REMEMBERED = 1000  # owners of whom it is remembered


@dataclass
class _Waiting:
    cost_s: float
    arrived: float
    due: dict[str, float] = field(default_factory=dict)  # by owner: when its turn comes


class FairQueue:
    """Jobs and when each is due; the one that is due first starts first.

    A job is due at `arrival + (had + line + cost) / 4`, in seconds, where `had` is the training that its
    owner has had lately (it halves every 30 s), `line` the cost of the owner's jobs that wait already, and
    `cost` its own: so short jobs come before long ones, the second job of one visitor after the first of
    everybody else, and since whatever arrives later is due later, no job waits for ever. A job that several
    owners want is due when the first of them has his turn, and counts as his.

    What has not waited for `rest_s` yet comes after what has: a slider that still moves replaces it soon.

    >>> queue = FairQueue(rest_s=0.0, now=lambda: 0.0)
    >>> for owner, job, cost in [("ann", "a1", 2), ("ann", "a2", 2), ("bob", "long", 60), ("cid", "c1", 3)]:
    ...     queue.join(owner, job, cost)
    >>> list(queue)
    ['a1', 'c1', 'a2', 'long']
    """

    def __init__(self, rest_s: float, now: Callable[[], float]) -> None:
        self._rest_s = rest_s
        self._now = now
        self._jobs: dict[str, _Waiting] = {}
        self._had: dict[str, tuple[float, float]] = {}  # owner -> seconds of training, and when that was so

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job: str) -> bool:
        return job in self._jobs

    def __iter__(self) -> Iterator[str]:
        """The jobs in the order in which they are to start."""
        now = self._now()
        return iter(
            sorted(
                self._jobs,
                key=lambda job: (
                    now - self._jobs[job].arrived < self._rest_s,
                    min(self._jobs[job].due.values()),
                ),
            )
        )

    def join(self, owner: str, job: str, cost_s: float, later_s: float = 0.0) -> None:
        """Let `job`, of an estimated `cost_s`, wait in the name of `owner`, who has his turn `later_s` after
        the one that would be his."""
        now = self._now()
        waiting = self._jobs.setdefault(job, _Waiting(max(cost_s, _TURN_S), now))
        if owner not in waiting.due:
            line = sum(other.cost_s for other in self._jobs.values() if owner in other.due)
            waiting.due[owner] = now + later_s + (self._owners_had(owner) + line + waiting.cost_s) / _AGEING

    def leave(self, owner: str, job: str) -> None:
        """The job waits no more in the name of this owner; without any it is gone."""
        if (waiting := self._jobs.get(job)) is not None:
            waiting.due.pop(owner, None)
            if not waiting.due:
                del self._jobs[job]

    def take(self, may_start: Callable[[str], bool]) -> str | None:
        """The first job that may start, taken out; its cost is put down to the owner whose turn it was."""
        job = next(filter(may_start, self), None)
        if job is not None:
            waiting = self._jobs.pop(job)
            owner = min(waiting.due, key=waiting.due.__getitem__)
            had = self._owners_had(owner) + waiting.cost_s
            self._had.pop(owner, None)
            self._had[owner] = had, self._now()
            if len(self._had) > _REMEMBERED:
                del self._had[next(iter(self._had))]
        return job

    def _owners_had(self, owner: str) -> float:
        seconds, at = self._had.get(owner, (0.0, 0.0))
        return seconds * math.exp2((at - self._now()) / _HALF_LIFE_S)
