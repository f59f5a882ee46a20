"""The board above real processes: queue, owners, turns, bounds."""

from __future__ import annotations

import errno

import pytest

from lrcore import JobError
from lrcore.jobs import Queued
from tests.jobs.fake_runners import make
from tests.jobs.support import blocker, ended, running_board, said_something


def test_owners_take_turns_and_everyone_sees_the_position(board1):
    board, _ = board1
    block = blocker(board)
    asked = [("ann", 0.1), ("ann", 0.2), ("ann", 0.3), ("bob", 0.4), ("cid", 0.5), ("cid", 0.6)]
    # long enough to be seen moving up
    jobs = {lr: board.submit(make(ms=30, lr=lr), owner) for owner, lr in asked}
    order = [0.1, 0.4, 0.5, 0.2, 0.6, 0.3]
    assert [jobs[lr].position for lr in order] == [1, 2, 3, 4, 5, 6]
    assert block.position is None
    with board.subscribe(jobs[0.3].id) as watched:
        assert watched.get(0) == [Queued(6)]
        board.cancel(block.id, "blocker")
        positions = [6]
        while not watched.ended:
            positions += [event.position for event in watched.get(20) if event.kind == "queued"]
    assert len(positions) > 1
    assert positions == sorted(positions, reverse=True)
    starts = [ended(jobs[lr]).started_at for lr in order]
    assert starts == sorted(starts)


def test_whoever_was_served_waits_for_whoever_was_not(board1):
    board, _ = board1
    blocker(board)
    assert board.submit(make(lr=0.1), "blocker").position == 1
    assert board.submit(make(lr=0.2), "new").position == 1
    assert board.job(make(lr=0.1).id).position == 2


def test_a_shared_job_ends_only_when_its_last_owner_lets_go(board2):
    board, _ = board2
    job = said_something(board.submit(make(evaluations=20_000, ms=10), "ann"))
    board.submit(job.experiment, "bob")
    assert not board.cancel(job.id, "ann")
    assert not board.cancel(job.id, "ann")
    assert not board.cancel(job.id, "a stranger")
    assert job.state == "running"
    assert board.release(job.id, "bob")
    assert job.state == "cancelled"
    assert not board.release("no such job", "bob")


def test_a_shared_waiting_job_stays_in_the_line_of_who_still_wants_it(board1):
    board, _ = board1
    block = blocker(board)
    job = board.submit(make(lr=0.1), "ann")
    other = board.submit(make(lr=0.2), "bob")
    board.submit(job.experiment, "bob")
    board.release_all("ann")
    assert (job.state, other.position, job.position) == ("queued", 1, 2)
    board.cancel(other.id, "bob")
    assert job.position == 1
    assert board.health()["queued"] == 1
    board.cancel(block.id, "blocker")
    assert ended(job).state == "done"


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
    assert shared.owners == {"bob"}
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


def test_the_queue_is_bounded_for_each_and_for_all():
    with running_board(1, queue_max=4, owner_max=2) as (board, _):
        blocker(board)
        for owner, lr in [("ann", 0.1), ("ann", 0.2), ("bob", 0.3)]:
            board.submit(make(lr=lr), owner)
        with pytest.raises(JobError, match="2 of your experiments"):
            board.submit(make(lr=0.4), "ann")
        board.submit(make(lr=0.5), "bob")
        with pytest.raises(JobError, match="4 experiments are waiting"):
            board.submit(make(lr=0.6), "cid")
        board.submit(make(lr=0.1), "cid")  # what waits already may be wanted by more
        replaced = board.job(make(lr=0.2).id)
        board.submit(make(lr=0.6), "ann", supersede=True)  # takes the place of one that only ann wanted
        assert replaced.state == "cancelled"
        assert board.health()["queued"] == 4
        shared = board.job(make(lr=0.3).id)
        with pytest.raises(JobError, match="4 experiments"):
            board.submit(make(lr=0.7), "dan", supersede=True)  # frees nothing
        assert shared.owners == {"bob"}
