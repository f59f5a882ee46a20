"""One job from submit to its end, through real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lrcore import JobError
from lrcore.jobs import Job, JobBoard, ZygoteBackend, start_engine
from lrcore.jobs.worker import SEND_INTERVAL_S
from lrcore.results.events import Progress, Started
from tests.jobs.fake_runners import make
from tests.jobs.support import alive, ended, running_board, said_something, until


def test_the_helper_is_started_with_the_board_and_not_at_first_use():
    with running_board(3) as (board, backend):  # which waits until it is ready; nothing is submitted
        assert alive(backend.pids["helper"])
        assert board.health() == {"slots": 3, "running": 0, "queued": 0, "ready": True, "error": None}


def test_a_job_runs_and_keeps_all_it_said(board2):
    board, _ = board2
    job = ended(board.submit(make(evaluations=5)))
    assert job.state == "done"
    assert [event.kind for event in job.events] == ["started", *["progress"] * 5, "finished"]
    assert [event.step for event in job.events[1:-1]] == [1, 2, 3, 4, 5]
    assert job.history is job.events[-1].history
    assert (job.step, job.steps, job.error, job.position) == (5, 5, None, None)


def test_the_same_experiment_is_the_same_job_and_is_trained_once(board2):
    board, _ = board2
    job = board.submit(make(evaluations=50, ms=10), "ann")
    assert board.submit(make(evaluations=50, ms=10), "bob") is job
    assert board.job(job.id) is job
    ended(job)
    assert board.submit(make(evaluations=50, ms=10), "cid") is job
    assert [event.kind for event in job.events].count("started") == 1


def test_two_slots_run_two_jobs_at_the_same_time(board2):
    board, backend = board2
    jobs = [said_something(board.submit(make("deaf", lr=lr))) for lr in (0.1, 0.2)]
    assert [job.state for job in jobs] == ["running", "running"]
    assert len(set(backend.pids.values())) == 3
    assert board.health()["running"] == 2


@pytest.mark.parametrize("behaviour", ["steady", "no_check", "deaf"])
def test_cancel_ends_the_job_and_frees_the_slot(board1, behaviour, caplog):
    board, backend = board1
    job = said_something(board.submit(make(behaviour, evaluations=20_000, ms=10)))
    pid = until(lambda: backend.pids.get("slot 0"))
    assert board.cancel(job.id)
    assert job.state == "cancelled"
    assert job.events[-1].kind == "cancelled"
    until(lambda: not alive(pid))
    assert ended(board.submit(make(lr=0.5))).state == "done"
    assert not caplog.records, "what we ended ourselves is no accident to warn of"


@pytest.mark.serial  # half a second is the contract of cancel: a visitor who stops a job must not wait
@pytest.mark.parametrize("behaviour", ["steady", "no_check", "deaf"])
def test_a_cancelled_process_is_gone_within_half_a_second(board1, behaviour):
    board, backend = board1
    job = said_something(board.submit(make(behaviour, evaluations=20_000, ms=10)))
    pid = until(lambda: backend.pids.get("slot 0"))
    before = time.monotonic()
    board.cancel(job.id)
    until(lambda: not alive(pid))
    assert time.monotonic() - before < 0.5


def test_out_of_memory_takes_a_worker_and_neither_the_helper_nor_the_app(board1):
    board, backend = board1
    said_something(board.submit(make("deaf")))
    scores = {name: Path(f"/proc/{pid}/oom_score_adj").read_text() for name, pid in backend.pids.items()}
    assert scores["slot 0"] == "500\n"
    assert scores["helper"] == Path("/proc/self/oom_score_adj").read_text()


def test_what_was_cancelled_is_started_anew_also_while_the_old_process_still_ends(board2):
    board, backend = board2
    old = said_something(board.submit(make("deaf")))
    pid = next(pid for name, pid in backend.pids.items() if name != "helper")
    board.cancel(old.id)
    new = board.submit(make("deaf"))
    assert new is not old
    assert said_something(new).state == "running"
    until(lambda: not alive(pid))
    assert new.state == "running"
    assert [event.kind for event in old.events] == ["started", "cancelled"]


def test_a_killed_worker_is_a_crash_that_is_told_and_a_fresh_one_takes_the_next(board1):
    board, backend = board1
    job = said_something(board.submit(make(evaluations=20_000, ms=10)))
    following = board.submit(make(lr=0.5))
    helper = backend.pids["helper"]
    os.kill(until(lambda: backend.pids.get("slot 0")), signal.SIGKILL)
    assert ended(job).state == "crashed"
    assert "killed by SIGKILL" in job.error
    assert job.events[-1].reason == job.error
    assert ended(following).state == "done"
    assert backend.pids["helper"] == helper
    assert board.submit(job.experiment) is not job


def test_a_killed_helper_crashes_its_jobs_and_is_replaced():
    with running_board(2) as (board, backend):
        experiments = [make(kind, evaluations=20_000, ms=10) for kind in ("steady", "deaf")]
        jobs = [said_something(board.submit(experiment)) for experiment in experiments]
        waiting = board.submit(make(lr=0.5))
        first = backend.pids
        os.kill(first["helper"], signal.SIGKILL)
        for job in jobs:
            assert ended(job).state == "crashed"
            assert "helper" in job.error
        assert ended(waiting).state == "done"
        until(lambda: not any(alive(pid) for pid in first.values()))
        assert board.ready


def test_a_helper_that_cannot_start_is_tried_again_and_said_to_be_missing():
    backend = ZygoteBackend(1, runner="no_such_module:run")
    board = JobBoard(backend)
    first = until(lambda: backend.pids.get("helper"))
    until(lambda: backend.pids.get("helper", first) != first)
    assert not board.ready
    assert "helper process ended (exit status 1)" in board.health()["error"]
    board.submit(make())
    board.close()
    until(lambda: not backend.pids)


@pytest.mark.parametrize(
    ("behaviour", "state", "text"),
    [
        ("refuse", "failed", "The data set has no points; add some."),
        ("break", "failed", "internal error (ZeroDivisionError)"),
        ("silent", "failed", "ended without a result"),
        ("exit", "crashed", "exit status 3"),
        ("garble", "crashed", "unreadable"),
    ],
)
def test_every_bad_end_is_a_sentence(board1, behaviour, state, text):
    board, _ = board1
    job = ended(board.submit(make(behaviour)))
    assert job.state == state
    assert text in job.error
    assert "secret" not in job.error
    assert "Traceback" not in job.error
    assert ended(board.submit(make(lr=0.5))).state == "done"


def test_progress_travels_together_and_none_is_lost(board1):
    board, _ = board1
    before = time.monotonic()
    with board.subscribe(board.submit(make(evaluations=300, ms=2)).id) as watched:
        batches = []
        while not watched.ended:
            batches.append(watched.get(10))
    took = time.monotonic() - before
    steps = [event.step for batch in batches for event in batch if event.kind == "progress"]
    assert steps == list(range(1, 301))
    # 12 a second, however slow the machine; unpaced it would be 300. Two for each: one may arrive in halves.
    assert len(batches) <= 2 * (took / SEND_INTERVAL_S + 3)


def test_a_large_result_crosses_whole(board1):
    board, _ = board1
    job = ended(board.submit(make("fat", evaluations=1)))
    assert job.events[1].train_loss.shape == (1, 1_000_000)
    assert job.nbytes > 48_000_000


def test_the_pace_gives_an_estimate():
    now = 100.0
    job = Job(make(evaluations=1000), "an id", clock=lambda: now)
    assert job.seconds_left is None
    job.state = "running"
    job.record(Started("an id", 1, 1, 1000, 1, "cpu", np.arange(1000)))
    assert job.seconds_left is None
    now = 105.0
    values = np.ones((1, 1))
    job.record(Progress(20, 20.0, values, values, values, values, values, np.array([[-1]])))
    assert job.seconds_left == 980 * 5.0 / 20
    now = 107.0
    assert job.seconds_left == 980 * 5.0 / 20 - 2.0
    now = 1000.0
    assert job.seconds_left == 0.0


def test_no_time_left_is_told_before_the_pace_has_settled():
    now = 100.0
    job = Job(make(evaluations=1000), "an id", state="running", clock=lambda: now)
    job.record(Started("an id", 1, 1, 1000, 1, "cpu", np.arange(1000)))
    values = np.ones((1, 1))
    for step, seconds, told in ((1, 0.9, None), (40, 1.5, None), (50, 2.5, 950 * 2.5 / 50)):
        now = 100.0 + seconds
        job.record(Progress(step, step, values, values, values, values, values, np.array([[-1]])))
        assert job.seconds_left is not None
        assert job.told_seconds_left == told


def test_close_ends_everything_and_may_be_repeated():
    with running_board(2) as (board, backend):
        experiments = [make(kind, evaluations=20_000, ms=10) for kind in ("deaf", "steady")]
        jobs = [said_something(board.submit(experiment)) for experiment in experiments]
        waiting = board.submit(make(lr=0.5))
        watched = board.subscribe(waiting.id)
        pids = until(lambda: len(backend.pids) == 3 and backend.pids)
        board.close()
        board.close()
        until(lambda: not any(alive(pid) for pid in pids.values()))
        assert {job.state for job in [*jobs, waiting]} == {"cancelled"}
        assert watched.get(1)[-1].kind == "cancelled"
        assert watched.ended
        assert not board.ready
        with pytest.raises(JobError, match="shutting down"):
            board.submit(make(lr=0.7))


def test_there_is_a_slot_for_each_core_unless_a_number_is_given():
    for given, slots in [(3, 3), (0, 1), (None, len(os.sched_getaffinity(0)))]:
        board = start_engine(given)
        assert board.health()["slots"] == slots
        board.close()


def test_the_web_process_never_loads_torch():
    code = (
        "import sys, lrcore.jobs; print([m for m in ('torch', 'streamlit', 'plotly', 'lrcore.training') if m"
        " in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
