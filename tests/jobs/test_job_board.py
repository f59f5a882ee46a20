"""The board above real processes: queue, owners, turns, viewers, bounds."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from lrcore import JobError
from lrcore.jobs import Failed, Job, Queued, Subscription
from tests.jobs.fake_runners import make
from tests.jobs.support import ended, running_board, said_something, until


def blocker(board):
    """A job that holds a slot until it is cancelled."""
    return said_something(board.submit(make(evaluations=20_000, ms=10, lr=0.9), "blocker"))


def test_owners_take_turns_and_everyone_sees_the_position(board1):
    board, _ = board1
    block = blocker(board)
    asked = [("ann", 0.1), ("ann", 0.2), ("ann", 0.3), ("bob", 0.4), ("cid", 0.5), ("cid", 0.6)]
    jobs = {lr: board.submit(make(lr=lr), owner) for owner, lr in asked}
    order = [0.1, 0.4, 0.5, 0.2, 0.6, 0.3]
    assert [jobs[lr].position for lr in order] == [1, 2, 3, 4, 5, 6]
    assert block.position is None
    ends = []
    threads = [threading.Thread(target=lambda lr=lr: ends.append((lr, follow(board, jobs[lr])))) for lr in order]
    for thread in threads:
        thread.start()
    until(lambda: len(jobs[0.3].subscriptions) == 1)
    board.cancel(block.id, "blocker")
    for thread in threads:
        thread.join()
    assert [lr for lr, _ in sorted(ends, key=lambda end: order.index(end[0]))] == order
    starts = [jobs[lr].started_at for lr in order]
    assert starts == sorted(starts)
    positions = dict(ends)[0.3]
    assert positions[0] == 6
    assert positions == sorted(positions, reverse=True)


def follow(board, job):
    """The positions that a viewer is told until the job ends."""
    positions = []
    with board.subscribe(job.id) as watched:
        while not watched.ended:
            positions += [event.position for event in watched.get(20) if event.kind == "queued"]
    return positions


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
    """One slot is held by a stuck job: the newest must take the free one and not wait for the grace of the one it replaces."""
    board, _ = board2
    stuck = said_something(board.submit(make("deaf"), "ann"))
    shared = board.submit(make(evaluations=20_000, ms=10, lr=0.8), "ann")
    board.submit(shared.experiment, "bob")
    waiting = [board.submit(make(lr=lr), "ann") for lr in (0.1, 0.2)]
    newest = board.submit(make(evaluations=20_000, ms=10, lr=0.3), "ann", supersede=True)
    assert [job.state for job in [stuck, shared, *waiting]] == ["cancelled", "running", "cancelled", "cancelled"]
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


def test_every_viewer_sees_everything_once_and_in_order(board2):
    board, _ = board2
    count, viewers = 400, 20
    job = board.submit(make(evaluations=count, ms=2))
    seen: dict[int, list[str]] = {}

    def watch(number: int) -> None:
        time.sleep(number * 0.05)  # they come at any time, also after the end
        steps = seen[number] = []
        with board.subscribe(job.id) as watched:
            while not watched.ended:
                steps += [getattr(event, "step", event.kind) for event in watched.get(20) if event.kind != "queued"]
                if number % 3 == 0:
                    time.sleep(0.2)  # a slow one gets the rest at once

    threads = [threading.Thread(target=watch, args=(number,)) for number in range(viewers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seen[number] for number in range(viewers)] == [["started", *range(1, count + 1), "finished"]] * viewers


def test_a_viewer_in_an_event_loop_needs_no_thread(board1):
    board, _ = board1

    async def watch(job_id: str) -> list[str]:
        kinds = []
        with board.subscribe(job_id) as watched:
            async for batch in watched:
                kinds += [event.kind for event in batch]
        return kinds

    async def main() -> list[list[str]]:
        block = blocker(board)
        job = board.submit(make(evaluations=30, ms=5))
        tasks = [asyncio.create_task(watch(job.id)) for _ in range(50)]
        await asyncio.sleep(0.05)
        threads = threading.active_count()
        board.cancel(block.id, "blocker")
        kinds = await asyncio.gather(*tasks)
        assert threading.active_count() <= threads + 1  # the one that times the grace of the cancelled job
        return kinds

    assert asyncio.run(main()) == [["queued", "started", *["progress"] * 30, "finished"]] * 50


def test_a_viewer_whose_loop_is_gone_is_forgotten(board1):
    board, _ = board1
    job = said_something(board.submit(make(evaluations=20_000, ms=10)))

    async def glance() -> None:
        async for _batch in board.subscribe(job.id):
            asyncio.get_running_loop().call_later(0.02, task.cancel)

    async def main() -> None:
        nonlocal task
        task = asyncio.create_task(glance())
        await asyncio.wait([task])

    task = None
    asyncio.run(main())
    until(lambda: not job.subscriptions)
    assert job.state == "running"


def test_closing_a_subscription_wakes_who_waits(board1):
    board, _ = board1
    block = blocker(board)
    watched = board.subscribe(board.submit(make()).id)
    assert watched.get(1) == [Queued(1)]
    got = []
    thread = threading.Thread(target=lambda: got.append(watched.get()))
    thread.start()
    watched.close()
    thread.join(10)
    assert got == [[]]
    assert watched.ended
    assert block.state == "running"


def test_a_wait_for_news_ends_in_time(board1):
    board, _ = board1
    blocker(board)
    with board.subscribe(board.submit(make()).id) as watched:
        assert watched.get(0) == [Queued(1)]
        assert watched.get(0.01) == []
        assert not watched.ended


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


@pytest.mark.timeout(30)  # where it would otherwise sleep for ever
def test_what_comes_while_a_viewer_looks_is_neither_lost_nor_slept_through():
    """The narrowest moment, made certain: the log grows, and the board rings, right after it was read."""

    class GrowingLog(list):
        def __getitem__(self, index):
            found = super().__getitem__(index)
            if len(self) < 4:
                self.append(Failed(f"number {len(self)}"))
                watched.wake()
            return found

    job = Job(make(), "an id", state="running", log=GrowingLog([Failed("number 0")]))
    watched = Subscription(job)
    assert [event.sentence for _ in range(4) for event in watched.get()] == [f"number {number}" for number in range(4)]

    job.log = GrowingLog()  # nothing there at the look, and the news comes before the viewer sleeps
    watched = Subscription(job)
    assert watched.get() == [Failed("number 0")]
