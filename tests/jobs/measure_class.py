"""What a class on this machine's workers sees: `python -m tests.jobs.measure_class [people] [seconds]`.

The real board, helper and trainer, and people who move to an experiment of their own at random, every 5 s in
the mean; no web process runs beside them.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time

from lrcore.jobs import Job, start_engine
from lrcore.jobs.clock import SystemClock
from tests.jobs.support import until
from tests.jobs.worlds import Person


class Times:
    """An observer that keeps how long jobs ran, against what was estimated."""

    def __init__(self) -> None:
        self._paces: list[float] = []
        self._cancelled = 0

    def started(self, job: Job, waited_s: float) -> None:
        pass

    def ended(self, job: Job, ran_s: float | None) -> None:
        if job.state == "done" and ran_s is not None:
            self._paces.append(ran_s / job.cost_s)
        self._cancelled += ran_s is not None and job.state == "cancelled"

    def slot_lost(self, slot: int, reason: str) -> None:
        print(f"slot {slot}: {reason}")

    def summary(self) -> str:
        pace = statistics.median(self._paces)
        return f"{len(self._paces)} runs done in {pace:.2f} times their estimate, {self._cancelled} given up"


def main(people: int = 20, seconds: int = 60) -> None:
    times = Times()
    board, clock = start_engine(observer=times), SystemClock()
    until(lambda: board.ready)
    chance, end = random.Random(5), clock.now() + seconds
    class_ = []
    for number in range(people):
        rests = random.Random(number)
        person = Person(f"pupil {number}", board, clock, lambda rests=rests: rests.expovariate(1 / 5), end)
        clock.later(chance.uniform(0, 5), person.move)
        class_.append(person)
    time.sleep(seconds + 15)
    moves = [move for person in class_ for move in person.moves]
    rested = [move for move in moves if move.until is None or move.until - move.at >= 5]
    first = sorted(move.first - move.at for move in rested if move.first is not None)
    whole = [move.whole - move.at for move in rested if move.whole is not None]
    print(
        f"{people} people, {len(moves)} moves, {len(rested)} left for 5 s or more; of these a first result"
        f" within 10 s: {sum(took <= 10 for took in first) / len(rested):.0%} (median"
        f" {statistics.median(first):.1f} s, 95 %: {first[int(0.95 * len(first))]:.1f} s), all seeds within"
        f" 10 s: {sum(took <= 10 for took in whole) / len(rested):.0%}"
    )
    print(f"{board.health()['slots']} slots; {times.summary()}; load average {os.getloadavg()[0]:.1f}")
    board.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
