"""Who is next and who may start, in a time of its own: the board above a virtual backend."""

from __future__ import annotations

import pytest

from lrcore import JobError
from lrcore.jobs import Job, Limits, Queued
from lrcore.jobs.backend import SlotDown, SlotUp
from tests.jobs.virtual import virtual_board
from tests.jobs.worlds import of_seconds

FREE = Limits(session_running=99, session_queued=99, rest_s=0.0)


def order(backend, jobs: dict[str, Job]) -> list[str]:
    """The names of the jobs in the order in which they began."""
    names = {job.id: name for name, job in jobs.items()}
    return [names[job_id] for job_id in backend.started if job_id in names]


def test_owners_take_turns_and_everyone_sees_place_and_wait():
    board, backend, clock = virtual_board(2, limits=FREE)
    for owner in ("x", "y"):
        board.submit(of_seconds(10), owner)
    asked = ["ann 1", "ann 2", "ann 3", "bob 1", "cid 1", "cid 2"]
    jobs = {name: board.submit(of_seconds(2), name.split()[0]) for name in asked}
    expected = ["ann 1", "bob 1", "cid 1", "ann 2", "cid 2", "ann 3"]
    assert [jobs[name].position for name in expected] == [1, 2, 3, 4, 5, 6]
    assert [round(jobs[name].wait_s) for name in expected] == [10, 10, 12, 12, 14, 14]
    with board.subscribe(jobs["ann 3"].id) as watched:
        assert watched.get(0) == [Queued(6)]
        clock.pass_by(10.2)
        assert watched.get(0) == [Queued(4)]
    clock.pass_by(60)
    assert order(backend, jobs) == expected


def test_whoever_was_served_comes_after_whoever_was_not():
    board, backend, clock = virtual_board(2, limits=FREE)
    for owner in ("ann", "x"):
        board.submit(of_seconds(10), owner)
    jobs = {"ann": board.submit(of_seconds(2), "ann"), "new": board.submit(of_seconds(2), "new")}
    assert (jobs["new"].position, jobs["ann"].position) == (1, 2)
    clock.pass_by(60)
    assert order(backend, jobs) == ["new", "ann"]


def test_one_persons_ten_jobs_do_not_starve_a_class():
    board, _, clock = virtual_board(2, limits=FREE)
    mine = [board.submit(of_seconds(2), "greedy") for _ in range(10)]
    pupils = [board.submit(of_seconds(2), f"pupil {number}") for number in range(20)]
    clock.pass_by(21)  # the time of twenty jobs on two slots
    assert sum(job.state == "done" for job in pupils) >= 16
    assert all(job.state == "queued" for job in mine[5:])
    clock.pass_by(30)
    assert all(job.state == "done" for job in mine)


def test_short_jobs_come_before_long_ones_which_do_not_starve():
    board, _, clock = virtual_board(3, limits=FREE)
    holders = [board.submit(of_seconds(15), f"holder {number}") for number in range(3)]
    long = board.submit(of_seconds(60), "long")
    short = board.submit(of_seconds(1), "short")
    assert (short.position, long.position) == (1, 2)
    assert all(job.state == "running" for job in holders)
    # more short ones than three slots can take, for as long as it takes
    for number in range(200):
        board.submit(of_seconds(2), f"another {number}")
        clock.pass_by(0.5)
        if long.state == "running":
            break
    assert 15 < clock.now() - long.queued_at < 60 / 4 + 30


@pytest.mark.parametrize("slots", [2, 3])
def test_no_long_job_takes_the_last_slot(slots):
    board, _, clock = virtual_board(slots, limits=FREE)
    long = [board.submit(of_seconds(300), f"long {number}") for number in range(slots)]
    clock.pass_by(5)
    assert [job.state for job in long] == ["running"] * (slots - 1) + ["queued"]
    for number in range(5):
        short = board.submit(of_seconds(2), f"short {number}")
        clock.pass_by(2.2)
        assert short.state == "done"


def test_what_waits_is_not_lost_with_a_helper_whose_slots_go_one_by_one():
    board, backend, clock = virtual_board(2, limits=FREE)
    runs, waits = (board.submit(of_seconds(300), owner) for owner in ("ann", "bob"))
    clock.pass_by(5)
    assert (runs.state, waits.state) == ("running", "queued")  # beside a slot for short ones
    busy = backend.slot_of[runs.id]
    for slot in (busy, 1 - busy):
        board._sink(slot, SlotDown("The helper is gone."))
    assert (runs.state, waits.state) == ("crashed", "queued")
    for slot in range(2):
        board._sink(slot, SlotUp())
    assert waits.state == "running"


def test_on_one_slot_a_short_job_runs_beside_a_long_one_and_nothing_else_does():
    board, _, clock = virtual_board(1, limits=FREE)
    long, other = (board.submit(of_seconds(300), owner) for owner in ("a", "b"))
    short, next_short = (board.submit(of_seconds(2), owner) for owner in ("c", "d"))
    assert [job.state for job in (long, other, short, next_short)] == [
        "running",
        "queued",
        "running",
        "queued",
    ]
    clock.pass_by(2.1)
    assert (short.state, next_short.state, other.state) == ("done", "running", "queued")
    assert board.health()["slots"] == 1


def test_a_session_runs_one_and_queues_three():
    board, _, _ = virtual_board(4)
    jobs = [board.submit(of_seconds(5), "ann") for _ in range(4)]
    assert [job.state for job in jobs] == ["running", "queued", "queued", "queued"]
    with pytest.raises(JobError, match="3 of your experiments are waiting"):
        board.submit(of_seconds(5), "ann")
    newest = board.submit(of_seconds(5), "ann", supersede=True)  # takes the place of all of them
    assert {job.state for job in jobs} == {"cancelled"}
    assert newest.state == "running"


def test_the_queue_is_bounded_for_an_address_and_for_all():
    board, _, _ = virtual_board(2, limits=Limits(address_queued=2, queued=4))
    for number in range(4):  # two of which run
        board.submit(of_seconds(5), f"a{number}", address="10.0.0.1")
    with pytest.raises(JobError, match="2 experiments from your network"):
        board.submit(of_seconds(5), "a9", address="10.0.0.1")
    shared = board.submit(of_seconds(5), "b", address="10.0.0.2")
    board.submit(of_seconds(5), "c")
    with pytest.raises(JobError, match="4 experiments are waiting"):
        board.submit(of_seconds(5), "d", address="10.0.0.3")
    board.submit(shared.experiment, "d", address="10.0.0.3")  # what waits already may be wanted by more
    board.submit(of_seconds(5), "c", supersede=True)  # takes the place of one that only c wanted
    with pytest.raises(JobError, match="4 experiments"):
        board.submit(of_seconds(5), "d", supersede=True)  # frees nothing
    assert "d" in shared.owners


def test_an_address_holds_its_share_while_others_wait_and_all_when_none_do():
    board, _, clock = virtual_board(4)
    flood = [board.submit(of_seconds(10), f"tab {number}", address="10.0.0.1") for number in range(8)]
    assert sum(job.state == "running" for job in flood) == 4
    others = [board.submit(of_seconds(10), f"pupil {n}", address=f"10.0.1.{n}") for n in range(4)]
    clock.pass_by(10.5)
    assert sum(job.state == "running" for job in flood) == 2
    assert sum(job.state == "running" for job in others) == 2


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(members=2), r"takes 3 networks .* no more than 2"),
        (Limits(steps=999), r"takes 1,000 updates, and no more than 999"),
        (Limits(cost_s=0.1), r"seconds of training \(estimated\)"),
        (Limits(memory_mb=0.01), r"MB of memory \(estimated\)"),
    ],
)
def test_one_job_is_bounded(limits, words):
    board, _, _ = virtual_board(2, limits=limits)
    with pytest.raises(JobError, match=words):
        board.submit(of_seconds(1, seeds=3).model_copy(update={"steps": 1000}))


def test_a_run_ends_after_its_time_by_the_clock():
    board, _, clock = virtual_board(2, limits=Limits(wall_s=60), seconds=lambda _: 500.0)
    job, waits = board.submit(of_seconds(5), "ann"), board.submit(of_seconds(5), "ann")
    clock.pass_by(61)
    assert (job.state, waits.state) == ("failed", "running")
    assert "after 1 minutes" in job.error


def test_what_has_not_rested_comes_after_what_has():
    board, _, clock = virtual_board(2, limits=Limits(rest_s=2.0))
    for owner in ("x", "ann"):
        board.submit(of_seconds(5), owner)
    rests = board.submit(of_seconds(3), "ann")  # and so due later than one who had nothing yet
    clock.pass_by(3.9)
    moves = board.submit(of_seconds(1), "bob")
    assert (rests.position, moves.position) == (1, 2)
    clock.pass_by(1.2)
    assert rests.state == "running"
