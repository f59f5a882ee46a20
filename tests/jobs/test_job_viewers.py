"""Those who watch a job: threads, tasks of an event loop, slow ones, late ones, and ones that go away."""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
import pytest

from lrcore.jobs import Job, JobEvent, Queued, Subscription, subscription
from lrcore.results.events import Started
from tests.jobs.fake_runners import make
from tests.jobs.support import PATIENCE_S, blocker, run_async, said_something, until

NEWS = Started("an id", 1, 1, 1, 1, "cpu", np.arange(1))


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
                steps += [
                    getattr(event, "step", event.kind) for event in watched.get(20) if event.kind != "queued"
                ]
                if number % 3 == 0:
                    time.sleep(0.2)  # a slow one gets the rest at once

    threads = [threading.Thread(target=watch, args=(number,)) for number in range(viewers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = ["started", *range(1, count + 1), "finished"]
    assert [seen[number] for number in range(viewers)] == [everything] * viewers


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

    assert run_async(main()) == [["queued", "started", *["progress"] * 30, "finished"]] * 50


def test_a_viewer_whose_loop_is_gone_is_forgotten(board1):
    board, _ = board1
    job = said_something(board.submit(make(evaluations=20_000, ms=10)))

    async def look_for_a_moment() -> None:
        async for _batch in board.subscribe(job.id):
            asyncio.get_running_loop().call_later(0.02, task.cancel)

    async def main() -> None:
        nonlocal task
        task = asyncio.create_task(look_for_a_moment())
        await asyncio.wait([task])

    task = None
    run_async(main())
    until(lambda: not job.listeners)
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


@contextmanager
def before_each_line(call: Callable[[], None]) -> Iterator[None]:
    """`call()` before each line of a subscription's code that this thread runs."""

    def trace(frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename != subscription.__file__:
            return None
        if event == "line":
            call()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def get(watched: Subscription, call: Callable[[], None], *, wait: bool) -> list[JobEvent]:
    with before_each_line(call):
        return watched.get(None if wait else 0)


def get_in_a_loop(watched: Subscription, call: Callable[[], None], *, wait: bool) -> list[JobEvent]:
    async def first() -> list[JobEvent]:
        with before_each_line(call):
            async for batch in watched:
                return batch
        return []

    async def main() -> list[JobEvent]:
        task = asyncio.create_task(first())
        await asyncio.sleep(0)  # in which it has looked
        if not wait:
            task.cancel()
            return []
        return await asyncio.wait_for(task, PATIENCE_S)

    return run_async(main())


@pytest.mark.timeout(90)  # where it would otherwise sleep for ever
@pytest.mark.parametrize("look", [get, get_in_a_loop])
def test_what_comes_while_a_viewer_looks_is_neither_lost_nor_slept_through(look):
    """The news comes at each moment of a look, one after the other: before the first line, the second, ..."""
    lines = itertools.count()
    look(Subscription(Job(make(), "an id", state="running")), lambda: next(lines), wait=False)
    moments = next(lines)
    assert moments > 10

    def check(moment: int) -> None:
        job, at = Job(make(), "an id", state="running"), itertools.count()

        def come_at_the_moment() -> None:
            if next(at) == moment:
                job.record(NEWS)
                job.notify()

        assert look(Subscription(job), come_at_the_moment, wait=True) == [NEWS]

    for moment in range(moments):
        check(moment)
