"""What the tests of jobs share: patience, looking at processes, a board over real ones."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lrcore.jobs import Job, JobBoard, Limits, ZygoteBackend
from tests.jobs.fake_runners import behaviour, make

RUNNER = "tests.jobs.fake_runners:run"
# What is limited is tested in a time of its own, see `virtual`; here one owner may have several slots.
NO_LIMITS = Limits(session_running=9, session_queued=9, finish_s=0.0, rest_s=0.0)
T = TypeVar("T")
PATIENCE_S = 60.0  # a busy machine is slow, not wrong


def until(condition: Callable[[], Any], patience: float = PATIENCE_S) -> Any:
    """What `condition` returns once that is true."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.002)
    return value


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` in a thread of its own: Playwright keeps a loop running in the main thread once a browser
    is open."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def ended(job: Job) -> Job:
    until(lambda: job.ended)
    return job


def said_something(job: Job) -> Job:
    """The job once it runs, and is deaf if it is meant to be: before, it would end in a way that a deaf one
    cannot."""
    until(lambda: job.log)
    if behaviour(job.experiment) == "deaf":
        pid = int(job.log[0].device)
        name = Path(f"/proc/{pid}/comm")
        if name.read_text() != "deaf\n":
            os.kill(pid, signal.SIGUSR1)
            until(lambda: name.read_text() == "deaf\n")
    return job


def blocker(board: JobBoard) -> Job:
    """A job that holds a slot until it is cancelled."""
    return said_something(board.submit(make(evaluations=20_000, ms=10, lr=0.9), "blocker"))


def alive(pid: int) -> bool:
    """Whether a process runs: a zombie that nobody has reaped yet does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def marked(marker: str) -> list[int]:
    """The living processes that carry `marker` in their environment."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/environ", "rb") as environ:
                if name.isdigit() and marker.encode() in environ.read() and alive(int(name)):
                    found.append(int(name))
        except OSError:
            continue
    return found


@contextmanager
def running_board(slots: int, **options: Any) -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    backend = ZygoteBackend(slots, runner=options.pop("runner", RUNNER))
    board = JobBoard(backend, **{"limits": NO_LIMITS, **options})
    try:
        until(lambda: board.ready)
        yield board, backend
    finally:
        board.close()
