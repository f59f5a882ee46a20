"""Who is next: owners take turns, the one served longest ago first; each owner's own jobs keep their
order."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

from lrcore.errors import JobError

_REMEMBERED = 1000  # owners whose last turn is remembered; an older one counts as never served


class FairQueue:
    """Jobs in the lines of their owners. A job that several owners want stands in the line of each and leaves
    all at once. At most `jobs_max` jobs stand in the queue, and `owner_max` of them in the line of one owner.

    >>> queue = FairQueue(jobs_max=200, owner_max=20)
    >>> for owner, job in [("ann", "a1"), ("ann", "a2"), ("bob", "b1"), ("bob", "a2")]:
    ...     queue.join(owner, job)
    >>> list(queue)
    ['a1', 'b1', 'a2']
    """

    def __init__(self, jobs_max: int, owner_max: int) -> None:
        self._jobs_max = jobs_max
        self._owner_max = owner_max
        self._lines: dict[str, dict[str, None]] = {}  # dicts as ordered sets
        self._turns: dict[str, int] = {}  # owner -> number of the last turn, oldest first
        self._turn = 0
        self._jobs: set[str] = set()

    def __len__(self) -> int:
        return len(self._jobs)

    def check_room(self, owner: str, leaving: Sequence[str] = ()) -> None:
        """JobError if `owner` can add no job, even once the jobs `leaving` have left that line, and the queue
        where nobody else waits for them."""
        elsewhere = {job for other, line in self._lines.items() if other != owner for job in line}
        waiting = len(self._jobs) - sum(job not in elsewhere for job in leaving)
        if waiting >= self._jobs_max:
            raise JobError(
                f"{waiting} experiments are waiting, and no more than {self._jobs_max} may; try again in a"
                " little while."
            )
        own = len(self._lines.get(owner, ())) - len(leaving)
        if own >= self._owner_max:
            raise JobError(
                f"{own} of your experiments are waiting, and no more than {self._owner_max} may; wait for one"
                " or stop one."
            )

    def join(self, owner: str, job: str) -> None:
        self._lines.setdefault(owner, {})[job] = None
        self._jobs.add(job)

    def leave(self, owner: str, job: str) -> None:
        """Take `job` out of one line; it stays in those of other owners."""
        line = self._lines.get(owner, {})
        line.pop(job, None)
        if not line:
            self._lines.pop(owner, None)
        if not any(job in other for other in self._lines.values()):
            self._jobs.discard(job)

    def take(self) -> str:
        """The next job, taken out; the queue must not be empty. Its owner goes to the end of the round."""
        owner, job = next(self._order())
        self._turn += 1
        self._turns.pop(owner, None)
        self._turns[owner] = self._turn
        if len(self._turns) > _REMEMBERED:
            del self._turns[next(iter(self._turns))]
        for line in self._lines.values():
            line.pop(job, None)
        self._lines = {name: line for name, line in self._lines.items() if line}
        self._jobs.discard(job)
        return job

    def __iter__(self) -> Iterator[str]:
        """The jobs in the order in which `take` would give them."""
        return (job for _owner, job in self._order())

    def _order(self) -> Iterator[tuple[str, str]]:
        rounds = [(self._turns.get(owner, 0), arrived, owner) for arrived, owner in enumerate(self._lines)]
        heapq.heapify(rounds)
        lines = {owner: iter(line) for owner, line in self._lines.items()}
        given: set[str] = set()
        turn = self._turn
        while rounds:
            _, arrived, owner = heapq.heappop(rounds)
            job = next((job for job in lines[owner] if job not in given), None)
            if job is not None:
                turn += 1
                heapq.heappush(rounds, (turn, arrived, owner))
                given.add(job)
                yield owner, job
