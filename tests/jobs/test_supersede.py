"""What gives way to something newer, who is still there, and what is told, in a time of its own."""

from __future__ import annotations

import pytest

from lrcore.jobs import Job, Limits
from tests.jobs.virtual import virtual_board
from tests.jobs.worlds import of_seconds


def test_a_run_near_its_end_is_finished_and_kept():
    board, _, clock = virtual_board(2)
    job = board.submit(of_seconds(4), "ann")
    clock.pass_by(1.0)
    assert board.submit(of_seconds(4), "ann", supersede=True).state == "running"
    assert job.state == "cancelled", "it was far from its end"
    job = board.submit(of_seconds(4), "bob", supersede=True)
    clock.pass_by(2.5)
    newer = board.submit(of_seconds(4), "bob", supersede=True)
    assert (job.state, dict(job.owners)) == ("running", {})
    clock.pass_by(2.0)
    assert job.state == "done"
    assert board.job(job.id) is job
    assert newer.state in ("running", "queued")


def test_a_long_run_gives_way_until_its_last_seconds():
    board, _, clock = virtual_board(2)
    job = board.submit(of_seconds(100), "ann")
    clock.pass_by(60)
    board.submit(of_seconds(1), "ann", supersede=True)
    assert job.state == "cancelled", "forty seconds are too many for a result that nobody wants"


def test_stop_ends_also_what_is_near_its_end():
    board, _, clock = virtual_board(2)
    job = board.submit(of_seconds(4), "ann")
    clock.pass_by(3.8)
    assert board.cancel(job.id, "ann")
    assert (job.state, job.events[-1].cause) == ("cancelled", "stopped")


def test_what_was_cancelled_never_displaces_a_result():
    board, _, clock = virtual_board(2, keep=3)
    done = board.submit(of_seconds(1), "ann")
    clock.pass_by(2)
    for _ in range(20):
        board.submit(of_seconds(50), "bob", supersede=True)
        clock.pass_by(0.2)
    assert board.job(done.id) is done


def test_a_new_run_of_the_same_experiment_has_another_number():
    board, _, _ = virtual_board(2)
    first = board.submit(of_seconds(50), "ann")
    board.cancel(first.id, "ann")
    again = board.submit(first.experiment, "ann")
    assert (again.id, again.run > first.run) == (first.id, True)


@pytest.fixture
def left():
    """A job whose only owner has left."""
    board, _, clock = virtual_board(2)
    job = board.submit(of_seconds(300), "ann")
    clock.pass_by(5)
    board.leave("ann")
    return board, clock, job


def test_what_nobody_is_there_for_ends_after_a_while(left):
    board, clock, job = left
    clock.pass_by(29)
    assert job.state == "running"
    clock.pass_by(2)
    assert (job.state, job.events[-1].cause) == ("cancelled", "left")
    assert board.submit(job.experiment, "ann").state == "running"


@pytest.mark.parametrize("how", ["enter", "submit", "another"])
def test_an_owner_who_is_back_keeps_it(left, how):
    board, clock, job = left
    clock.pass_by(20)
    if how == "enter":
        board.enter("ann")
    else:
        board.submit(job.experiment, "ann" if how == "submit" else "bob")
    clock.pass_by(200)
    assert job.state == "running"


def test_a_viewer_keeps_it_and_the_last_one_to_go_does_not(left):
    """A browser that reconnects opens the live connection of its chart, and runs no script."""
    board, clock, job = left
    clock.pass_by(20)
    first, second = board.subscribe(job.id), board.subscribe(job.id)
    first.close()
    clock.pass_by(100)
    assert job.state == "running"
    second.close()
    clock.pass_by(29)
    assert job.state == "running"
    clock.pass_by(2)
    assert job.state == "cancelled"


@pytest.mark.parametrize(
    ("address", "viewers", "ends"), [("here", 1, True), ("there", 1, False), ("here", 2, False)]
)
def test_stop_ends_what_only_a_visitors_earlier_page_wants_too(address, viewers, ends):
    """A page that is loaded again is another owner from the same address, and the first one is gone."""
    board, _, _ = virtual_board(2)
    job = board.submit(of_seconds(300), "before", address=address)
    board.submit(job.experiment, "after", address="here")
    board.leave("before")
    watched = [board.subscribe(job.id) for _ in range(viewers)]
    assert board.cancel(job.id, "after") is ends
    assert job.state == ("cancelled" if ends else "running")
    del watched


def test_a_waiting_job_is_given_up_too_and_one_of_two_owners_suffices():
    board, _, clock = virtual_board(2, limits=Limits(session_queued=9))
    running = board.submit(of_seconds(300), "ann")
    waiting, shared = board.submit(of_seconds(3), "ann"), board.submit(of_seconds(3), "ann")
    board.submit(shared.experiment, "bob")
    board.leave("ann")
    clock.pass_by(31)
    assert [job.state for job in (running, waiting, shared)] == ["cancelled", "cancelled", "done"]


class Notes:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    def started(self, job: Job, waited_s: float) -> None:
        self.told.append(("started", round(waited_s, 1)))

    def ended(self, job: Job, ran_s: float | None) -> None:
        self.told.append((job.state, None if ran_s is None else round(ran_s, 1)))

    def slot_lost(self, slot: int, reason: str) -> None:
        self.told.append(("lost", reason))


def test_an_observer_is_told_of_starts_ends_and_lost_slots():
    notes = Notes()
    board, backend, clock = virtual_board(2, observer=notes, limits=Limits(session_queued=9))
    experiments = [of_seconds(2) for _ in range(3)]
    jobs = [board.submit(one, "ann") for one in experiments]
    board.cancel(jobs[2].id, "ann")
    assert notes.told == [("started", 0.0), ("cancelled", None)]
    clock.pass_by(2.5)
    assert notes.told[2:] == [("done", 2.0), ("started", 2.0)]
    backend.kill(backend.slot_of[jobs[1].id])
    assert notes.told[4] == ("lost", "It was killed.")
    assert jobs[1].state == "crashed"
