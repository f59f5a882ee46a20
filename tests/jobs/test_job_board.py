"""The board above real processes: owners, supersession, bounds. The order of the queue: `test_queue`."""

from __future__ import annotations

import errno

import pytest

from lrcore import JobError
from tests.jobs.fake_runners import make
from tests.jobs.support import ended, running_board, said_something


def test_a_shared_job_ends_only_when_its_last_owner_lets_go(board2):
    board, _ = board2
    job = said_something(board.submit(make(evaluations=20_000, ms=10), "ann"))
    board.submit(job.experiment, "bob")
    assert not board.cancel(job.id, "ann")
    assert not board.cancel(job.id, "ann")
    assert not board.cancel(job.id, "a stranger")
    assert job.state == "running"
    assert board.cancel(job.id, "bob")
    assert job.state == "cancelled"
    assert not board.cancel("no such job", "bob")


def test_a_newer_setting_takes_the_place_of_the_older_ones_at_once(board2):
    """One slot is held by a stuck job: the newest must take the free one and not wait for the grace of the
    one it replaces."""
    board, _ = board2
    stuck = said_something(board.submit(make("deaf"), "ann"))
    shared = board.submit(make(evaluations=20_000, ms=10, lr=0.8), "ann")
    board.submit(shared.experiment, "bob")
    waiting = [board.submit(make(lr=lr), "ann") for lr in (0.1, 0.2)]
    newest = board.submit(make(evaluations=20_000, ms=10, lr=0.3), "ann", supersede=True)
    states = [job.state for job in [stuck, shared, *waiting]]
    assert states == ["cancelled", "running", "cancelled", "cancelled"]
    assert "newer" in stuck.error
    assert set(shared.owners) == {"bob"}
    assert newest.position == 1
    said_something(newest)
    newer = board.submit(make(evaluations=20_000, ms=10, lr=0.4), "ann", supersede=True)
    assert said_something(newer).state == "running"
    assert newest.state == "cancelled"
    assert board.submit(newer.experiment, "ann", supersede=True) is newer


def test_supersede_does_not_wait_for_a_stuck_job_while_a_slot_is_free():
    with running_board(2, grace=60.0) as (board, _):
        stuck = said_something(board.submit(make("deaf"), "ann"))
        assert ended(board.submit(make(lr=0.2), "ann", supersede=True)).state == "done"
        assert stuck.state == "cancelled"


def test_a_job_for_which_no_socket_is_left_crashes_alone(board1, monkeypatch):
    board, backend = board1
    helper = backend.pids["helper"]

    def none_left():
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr("lrcore.jobs.helper.socket.socketpair", none_left)
        job = ended(board.submit(make(lr=0.7, evaluations=3)))
    assert job.state == "crashed"
    assert "Too many open files" in job.error
    assert ended(board.submit(job.experiment)).state == "done"
    assert backend.pids["helper"] == helper


def test_only_the_latest_results_are_kept():
    with running_board(2, keep=3) as (board, _):
        jobs = [ended(board.submit(make(lr=lr))) for lr in (0.1, 0.2, 0.3)]
        board.job(jobs[0].id)  # looked at: now the second is the longest unused
        jobs.append(ended(board.submit(make(lr=0.4))))
        assert [board.job(job.id) is job for job in jobs] == [True, False, True, True]
        with pytest.raises(JobError, match="no longer"):
            board.subscribe(jobs[1].id)


def test_results_are_kept_within_a_bound_of_memory():
    with running_board(1, keep_bytes=100_000_000) as (board, _):
        jobs = [ended(board.submit(make("fat", evaluations=1, lr=lr))) for lr in (0.1, 0.2, 0.3)]
        assert [board.job(job.id) is job for job in jobs] == [False, True, True]
