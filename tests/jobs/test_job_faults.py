"""What goes wrong with processes and files, for real: each costs the jobs that run, and never training."""

from __future__ import annotations

import errno
import os
import resource
import selectors
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
import pytest

from lrcore.jobs import JobBoard, ZygoteBackend, helper, wire
from lrcore.jobs.backend import SlotDown, SlotMessage, SlotUp
from lrcore.jobs.helper_process import Setup
from lrcore.jobs.processes import cores, raise_open_files_limit
from lrcore.jobs.worker_limits import WorkerLimits
from lrcore.results.events import encode
from tests.jobs.fake_runners import make, run
from tests.jobs.support import RUNNER, alive, ended, running_board, said_something, until

STRICT = WorkerLimits(memory_mb=64, cpu_s=1, silence_s=1.5)


@contextmanager
def board_within(limits: WorkerLimits) -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    backend = ZygoteBackend(1, runner=RUNNER, limits=limits)
    board = JobBoard(backend)
    try:
        until(lambda: board.ready)
        yield board, backend
    finally:
        board.close()


@pytest.fixture(scope="module")
def strict() -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    with board_within(STRICT) as pair:
        yield pair


@pytest.mark.parametrize(
    ("behaviour", "state", "text"),
    [
        ("hog", "failed", "needed more than 64 MB of memory, and no more is allowed"),
        ("torch_hog", "failed", "needed more than 64 MB of memory, and no more is allowed"),
        ("burn", "failed", "needed more than 1 s of CPU time, and no more is allowed"),
        ("deaf", "crashed", "gave no sign of life for 2 s and was ended"),
    ],
)
def test_a_job_that_takes_too_much_is_ended_with_a_sentence_and_its_slot_is_free(
    strict, behaviour, state, text
):
    board, _ = strict
    job = ended(said_something(board.submit(make(behaviour))))
    assert (job.state, text in job.error) == (state, True), job.error
    assert ended(board.submit(make(lr=0.5))).state == "done"


def test_a_trainer_that_says_nothing_and_works_is_left_alone(strict):
    board, _ = strict
    assert ended(board.submit(make("quiet", ms=200))).state == "done"  # 2 s, more than the silence allowed


def test_a_worker_gives_way_to_the_web_process(board1):
    board, backend = board1
    said_something(board.submit(make(evaluations=20_000, ms=10)))
    policy = os.sched_getscheduler(until(lambda: backend.pids["slot 0"]))
    assert policy == (os.SCHED_IDLE if cores() > 1 else os.SCHED_OTHER)


def test_a_stopped_worker_is_replaced(board1):
    board, backend = board1
    job = said_something(board.submit(make(evaluations=20_000, ms=10)))
    pid = until(lambda: backend.pids.get("slot 0"))
    os.kill(pid, signal.SIGSTOP)
    assert ended(job).state == "crashed"
    assert "was stopped from outside and was ended" in job.error
    until(lambda: not alive(pid))
    assert ended(board.submit(make(lr=0.5))).state == "done"


def test_a_stopped_helper_is_replaced_and_the_board_is_not_ready_meanwhile(monkeypatch):
    may_start, start = threading.Event(), helper.start_zygote
    with running_board(2) as (board, backend):
        jobs = [said_something(board.submit(make(kind, 20_000, 10))) for kind in ("steady", "deaf")]
        first = backend.pids
        monkeypatch.setattr(helper, "start_zygote", lambda setup: may_start.wait(60) and start(setup))
        os.kill(first["helper"], signal.SIGSTOP)
        for job in jobs:
            assert ended(job).state == "crashed"
            assert "helper process was stopped from outside, and this job with it" in job.error
        assert not board.ready
        may_start.set()
        until(lambda: not any(alive(pid) for pid in first.values()))
        assert ended(board.submit(make(lr=0.5))).state == "done"


def test_a_helper_that_answers_no_more_is_replaced(monkeypatch, caplog):
    """Stuck in C, as it looks from outside: no reply, and not stopped."""
    monkeypatch.setattr(helper, "_SILENCE_MAX_S", 1.5)
    monkeypatch.setattr(helper.Helper, "_handle_message", without_pongs(helper.Helper._handle_message))
    with running_board(1) as (_, backend):
        first = backend.pids["helper"]
        until(lambda: backend.pids.get("helper", first) != first)
        assert not alive(first)
    assert "The training helper gave no sign of life for 2 s; a new one is started." in caplog.text


def without_pongs(handle):
    return lambda self, payload: None if b"pong" in payload else handle(self, payload)


def test_no_more_files_for_a_moment_costs_what_runs_and_not_training():
    with running_board(1) as (board, backend), no_files_left() as files:
        rates = iter(np.linspace(0.1, 0.2, 1000).tolist())
        until(lambda: files.taken() and ended(board.submit(make(lr=next(rates)))).state == "crashed")
        first = backend.pids["helper"]
        os.kill(first, signal.SIGKILL)  # and no other can be started
        until(lambda: files.taken() and "failed (Too many open files)" in str(board.health()["error"]))
        assert not board.ready
        files.give_back()
        assert not alive(first)
        until(lambda: board.ready)
        assert ended(board.submit(make(lr=0.3))).state == "done"


class AllFiles:
    """Every file that this process may open, held. What earlier tests have left may give some back."""

    def __init__(self) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._held: list[int] = []
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, self._before[1]))

    def taken(self) -> bool:
        with suppress(OSError):
            while True:
                self._held.append(os.open(os.devnull, os.O_RDONLY))
        return True

    def give_back(self) -> None:
        while self._held:
            os.close(self._held.pop())
        resource.setrlimit(resource.RLIMIT_NOFILE, self._before)


@contextmanager
def no_files_left() -> Iterator[AllFiles]:
    files = AllFiles()
    try:
        yield files
    finally:
        files.give_back()


@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "Too many open files"), ZeroDivisionError("a bug")])
def test_whatever_the_thread_of_the_helper_meets_it_starts_another(error, monkeypatch, caplog):
    errors = [error, error]
    real = selectors.DefaultSelector

    def selector():
        if errors:
            raise errors.pop()
        return real()

    monkeypatch.setattr(selectors, "DefaultSelector", selector)
    with running_board(1) as (board, _):
        assert ended(board.submit(make())).state == "done"
    assert caplog.text.count("a new one is started") == 2


def test_a_board_that_raises_loses_one_helper():
    seen: list[SlotMessage] = []

    def sink(slot: int, message: SlotMessage) -> None:
        seen.append(message)
        if len(seen) == 1:
            raise ZeroDivisionError("a bug of the board")

    backend = ZygoteBackend(1, runner=RUNNER)
    backend.start(sink)
    until(lambda: len(seen) == 3)
    first = backend.pids["helper"]
    backend.close()
    assert [type(message) for message in seen] == [SlotUp, SlotDown, SlotUp]
    assert "ZeroDivisionError" in seen[1].reason
    until(lambda: not alive(first))


def test_a_job_that_ends_with_its_helper_leaves_no_slot_behind_it(monkeypatch):
    """The slot of a helper that is gone would take the next in line and lose it."""
    link, theirs = socket.socketpair()
    monkeypatch.setattr(helper, "start_zygote", lambda setup: (Ended(), link))
    seen: list[SlotMessage] = []
    with selectors.DefaultSelector() as selector:
        life = helper.Helper(
            selector, lambda slot, message: seen.append(message), None, Setup(1, RUNNER, "cpu", STRICT)
        )
        life.run(0, "a job", "{}")
        _, (worker,), _, _ = socket.recv_fds(theirs, 1024, 1)
        for said in ({"kind": "forked", "pid": os.getpid()}, {"kind": "exited", "status": 0}):
            theirs.sendall(wire.control(slot=0, **said))
        *_, finished = run(make())
        os.write(worker, wire.frame(wire.EVENT, encode(finished)))
        os.close(worker)
        key = selector.get_key(link)
        assert life.handle(key, selectors.EVENT_READ)
        theirs.close()
        assert not life.handle(key, selectors.EVENT_READ)
        life.report_death()
    assert seen[0].events[-1].kind == "finished"
    assert [type(message) for message in seen[1:]] == [SlotDown]


class Ended:
    """A process that has ended."""

    pid, returncode = 0, 0

    def wait(self, timeout: float) -> int:
        return 0

    def kill(self) -> None:
        pass


def test_a_web_process_with_a_thousand_open_files_trains():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert raise_open_files_limit() >= min(hard, 1 << 16)
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with running_board(1) as (board, _):
            assert ended(board.submit(make())).state == "done"
    finally:
        for number in held:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
