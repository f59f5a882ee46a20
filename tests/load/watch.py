"""Looks at the server's processes while people are there: what they use, and some of them are killed."""

from __future__ import annotations

import contextlib
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.load.page import now

LOOK_S = 0.5
SAMPLE_S = 5.0
KILL_S = 20.0  # between two kills of a worker
HELPER = "lrcore.jobs.zygote"


@dataclass(frozen=True)
class Sample:
    """What the server used at one moment: CPU in seconds since the first sample of web, training and other;
    memory in MB."""

    at: float
    load: float
    cpu: tuple[float, ...]
    web_mb: float
    helper_mb: float
    workers_mb: float
    other_mb: float
    descriptors: int
    threads: int
    workers: int


class Watch:
    """The samples so far, and how many processes were killed. `helper` and `workers` are the training's
    processes; what else the web process has started is `other`."""

    def __init__(self, pid: int) -> None:
        self.samples: list[Sample] = []
        self.workers_killed = self.helpers_killed = 0
        self._web = psutil.Process(pid)
        # CPU of web, training and other: of the processes of the last sample, and summed up.
        self._seen, self._used = [0.0] * 3, [0.0] * 3

    def sample(self) -> None:
        with contextlib.suppress(psutil.Error):
            web, (helper, workers, other) = self._web, self._others()
            # What workers that have ended used is booked on the helper; a new helper begins at zero.
            booked = sum(one.cpu_times().children_user + one.cpu_times().children_system for one in helper)
            seen = _cpu([web]), _cpu([*helper, *workers]) + booked, _cpu(other)
            for number, value in enumerate(seen):
                self._used[number] += max(value - self._seen[number], 0.0) if self.samples else 0.0
                self._seen[number] = value
            self.samples.append(
                Sample(
                    now(),
                    os.getloadavg()[0],
                    tuple(self._used),
                    _mb([web]),
                    _mb(helper),
                    _mb(workers),
                    _mb(other),
                    web.num_fds(),
                    web.num_threads(),
                    len(workers),
                )
            )

    def kill_worker(self, rng: random.Random) -> None:
        with contextlib.suppress(psutil.Error):
            if workers := self._others()[1]:
                rng.choice(workers).kill()
                self.workers_killed += 1

    def kill_helper(self) -> None:
        with contextlib.suppress(psutil.Error):
            for helper in self._others()[0]:
                helper.kill()
                self.helpers_killed += 1

    def _others(self) -> tuple[list[psutil.Process], list[psutil.Process], list[psutil.Process]]:
        """The helper, its workers, and all others below the web process."""
        helper = [child for child in self._web.children() if HELPER in child.cmdline()]
        workers = [worker for one in helper for worker in one.children()]
        known = {process.pid for process in (*helper, *workers)}
        other = [child for child in self._web.children(recursive=True) if child.pid not in known]
        return helper, workers, other


def _cpu(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):  # a worker may end at any moment
            total += sum(process.cpu_times()[:2])
    return total


def _mb(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss / 2**20
    return total


@contextmanager
def watching(pid: int, begin: float, seconds: float, *, kill: bool) -> Iterator[Watch]:
    """Sample a server from `begin` on; with `kill`, end a worker every 20 s and in the middle the helper."""
    watch, over, rng = Watch(pid), threading.Event(), random.Random(7)

    def look() -> None:
        over.wait(max(0.0, begin - now()))
        next_sample, next_kill, helper_dies = begin, begin + KILL_S, begin + seconds / 2
        while not over.wait(LOOK_S) and now() <= begin + seconds:
            if now() >= next_sample:
                next_sample += SAMPLE_S
                watch.sample()
            if kill and now() >= next_kill:
                next_kill += KILL_S
                watch.kill_worker(rng)
            if kill and helper_dies and now() >= helper_dies:
                helper_dies = 0.0
                watch.kill_helper()
        watch.sample()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
