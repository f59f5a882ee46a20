"""Calls outside the web process: the same answers, limits that end what takes too much, turns, and what is
kept."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from lrcore import PlanError, parse_plan
from lrcore.analysis import match
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes
from lrcore.dialects import plan_to_code
from lrcore.errors import LRLabError
from lrcore.figures.whole_run import plan_points
from lrcore.offload import Limits, Offload, OffloadError
from lrcore.offload.waiting import Waiting
from lrcore.schedules import SCHEDULES

LONG = "lr=0.1 LambdaLR('" + "+".join(["sin(epoch)**2"] * 35) + "') per iteration"
SLEEPY = ("numbers", LONG, 10_000_000, 1)  # a second of CPU is not enough by far


def heavy(number: int) -> tuple[object, ...]:
    return (*SLEEPY, number, 0.01)


def children(offload: Offload) -> list[psutil.Process]:
    assert offload.pid is not None
    return psutil.Process(offload.pid).children()


def eventually(holds: object, seconds: float = 30.0) -> None:
    """A generous guard against hanging; no test measures time by it."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_answers_are_those_of_the_functions(offload: Offload) -> None:
    plan = parse_plan("lr=0.3 SequentialLR([LinearLR(), CosineAnnealingLR(T_max=900)], milestones=[100])")
    for dialect in ("torch", "optax", "python"):
        assert offload.call("code", plan.text, dialect) == plan_to_code(plan, dialect)
    points = plan_points(plan, Run(steps=1000), Axes(log_y=True), 500, ())
    assert offload.call("points", plan.text, 1000, 1, False, True, 500, []) == [*map(list, points)]
    found = offload.call("match", plan.text, "StepLR", "curve_linear", 1000, 1)
    assert parse_plan(found["plan"]) == match(plan, "StepLR", "curve_linear", 1000).plan


@pytest.mark.parametrize("kind", SCHEDULES)
def test_a_plan_of_every_kind_crosses_as_text(kind: str, offload: Offload) -> None:
    plan = parse_plan("lr=0.1").model_copy(update={"schedule": SCHEDULES[kind].starting(0.1, 100)})
    x, y = plan_points(plan, Run(steps=100), Axes(), 500, ())
    assert offload.call("points", plan.text, 100, 1, False, False, 500, []) == [x, y]


def test_a_refusal_keeps_its_sentence_and_what_is_missing(offload: Offload) -> None:
    with pytest.raises(PlanError, match="not a schedule call"):
        offload.call("code", "lr=0.1 StepLR(", "torch")
    found = offload.call("paste", "scheduler = StepLR(optimizer, 30)", {})
    assert found == {"missing": ["base_lr"], "plans": []}
    found = offload.call("paste", "scheduler = StepLR(optimizer, 30)", {"base_lr": 0.5})
    assert found["plans"] == ["lr=0.5 StepLR(step_size=30, gamma=0.1)"]


def test_cpu_time_is_limited(offload: Offload) -> None:
    with pytest.raises(OffloadError, match=r"more than 1 s of computing.*Shorten the run"):
        offload.call(*heavy(0))
    number = len(children(offload))
    with pytest.raises(OffloadError):  # known already: nothing is calculated again
        offload.call(*heavy(0))
    assert len(children(offload)) == number == 0


def test_memory_is_limited(offload: Offload) -> None:
    with pytest.raises(OffloadError, match="64 MB of memory"):
        offload.call("points", "lr=0.1", 100, 1, False, False, 500, [0] * 16_000_000)
    assert offload.call("code", "lr=0.2", "torch")


def test_the_longest_file_is_limited(offload: Offload, tmp_path: Path) -> None:
    small = Offload(Limits(file_nbytes=10_000))
    path = tmp_path / "rates.csv"
    with pytest.raises(OffloadError, match=r"too long.*Take fewer rows"):
        small.call("csv", str(path), ["lr=0.1"], 5000, 1, 1, [])
    small.close()
    assert path.stat().st_size <= 10_000
    offload.call("csv", str(path), ["lr=0.1"], 5000, 1, 1, [])
    assert path.read_text().count("\n") == 5001


def test_what_stands_still_is_ended_by_the_clock() -> None:
    offload = Offload(Limits(seconds=60, wall_seconds=1.0))
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(offload.call, *heavy(1))
        eventually(lambda: offload.pid and children(offload))
        children(offload)[0].send_signal(signal.SIGSTOP)
        with pytest.raises(OffloadError, match="too busy"):
            waits.result(60)
    assert offload.call("code", "lr=0.1", "torch")
    offload.close()


def test_equal_calls_are_one_and_results_are_kept(offload: Offload) -> None:
    calls = ("match", "lr=0.7", "StepLR", "curve_log", 1000, 1)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda owner: offload.call(*calls, owner=owner), "abcdefgh"))
    assert all(answer is found[0] for answer in found)
    assert offload.call(*calls) is found[0]


def test_what_is_prepared_is_only_waited_for(offload: Offload) -> None:
    call = ("code", "lr=0.123", "torch")
    offload.prepare(*call)
    assert offload.call(*call) == plan_to_code(parse_plan("lr=0.123"), "torch")


def test_visitors_take_turns() -> None:
    waiting = Waiting(calls_max=100, owner_max=100)
    for number in range(10):
        waiting.join("greedy", f"greedy {number}")
    for owner in ("ann", "bob"):
        waiting.join(owner, owner)
    assert [waiting.take() for _ in range(4)] == ["greedy 0", "ann", "bob", "greedy 1"]


def test_ten_long_calls_of_one_visitor_do_not_hold_up_another(offload: Offload) -> None:
    for number in range(10):
        offload.prepare(*heavy(100 + number), owner="greedy")
    eventually(lambda: offload.pid and children(offload))
    assert offload.call("code", "lr=0.777", "torch", owner="ann")
    assert len(offload._waiting) >= 5  # most of the ten still wait


def test_a_full_queue_is_told() -> None:
    waiting = Waiting(calls_max=3, owner_max=2)
    waiting.join("ann", "1")
    waiting.join("ann", "2")
    waiting.join("ann", "2")
    with pytest.raises(LRLabError, match="try again"):
        waiting.join("ann", "3")
    waiting.join("bob", "3")
    with pytest.raises(LRLabError, match="try again"):
        waiting.join("cid", "4")
    waiting.leave("2")
    waiting.join("cid", "4")


def test_a_killed_fork_server_costs_no_answer() -> None:
    offload = Offload(Limits(seconds=60))
    assert offload.call("code", "lr=0.1", "torch")
    before = offload.pid
    with ThreadPoolExecutor(2) as pool:
        waits = pool.submit(offload.call, "match", "lr=0.9", "StepLR", "curve_log", 5000, 1)
        eventually(lambda: children(offload))
        os.kill(before, signal.SIGKILL)
        assert waits.result(60)["exact"]
    assert offload.pid != before
    offload.close()


def test_a_killed_fork_server_is_replaced_however_many_wait() -> None:
    offload = Offload(Limits(seconds=60, processes=1, calls_waiting=1))
    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(offload.call, "match", "lr=0.9", "StepLR", "curve_log", 5000, 1)]
        eventually(lambda: offload.pid and children(offload))
        children(offload)[0].send_signal(signal.SIGSTOP)
        waits.append(pool.submit(offload.call, "code", "lr=0.2", "torch"))
        eventually(lambda: len(offload._waiting) == 1)
        os.kill(offload.pid, signal.SIGKILL)
        assert waits[0].result(30)["exact"]
        assert waits[1].result(30)
    offload.close()


def test_what_ended_without_a_result_leaves_alone_who_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    offload = Offload(Limits(seconds=60))
    call = ("match", "lr=0.9", "StepLR", "curve_log", 5000, 1)
    first = offload._join(call[0], call[1:], "ann")
    eventually(lambda: offload.pid and children(offload))
    children(offload)[0].kill()
    assert first.answer.result(30) == {"ended": "crash"}
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(offload.call, *call)
        eventually(lambda: children(offload))
        child = children(offload)[0]
        child.send_signal(signal.SIGSTOP)
        monkeypatch.setattr(offload, "_join", lambda *_: first)
        with pytest.raises(OffloadError, match="ended unexpectedly"):
            offload.call(*call)  # the first asker hears only now
        child.send_signal(signal.SIGCONT)
        assert again.result(30)["exact"]
    offload.close()


def test_the_log_has_no_text_of_a_visitor(capfd: pytest.CaptureFixture[str]) -> None:
    offload = Offload()
    with pytest.raises(OffloadError, match="ended unexpectedly"):
        offload.call("csv", "/nowhere/a visitor's text.csv", ["lr=0.1"], 50, 1, 1, [])
    offload.close()
    said = capfd.readouterr().err
    assert "FileNotFoundError" in said
    assert "visitor" not in said


def test_a_killed_child_harms_no_other_call() -> None:
    offload = Offload(Limits(seconds=60))
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(offload.call, *heavy(3))
        eventually(lambda: offload.pid and children(offload))
        children(offload)[0].kill()
        with pytest.raises(OffloadError, match="ended unexpectedly"):
            waits.result(60)
    assert offload.call("code", "lr=0.1", "torch")
    offload.close()


def test_closing_ends_what_runs_and_what_waits() -> None:
    offload = Offload(Limits(seconds=60, processes=1))
    failed: list[str] = []

    def wait(number: int) -> None:
        try:
            offload.call(*heavy(number))
        except OffloadError as error:
            failed.append(str(error))

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    eventually(lambda: offload.pid and children(offload))
    server = psutil.Process(offload.pid)
    family = [server, *server.children()]
    offload.close()
    for thread in threads:
        thread.join(30)
    assert len(failed) == 3
    assert psutil.wait_procs(family, timeout=30)[1] == []
    with pytest.raises(OffloadError):
        offload.call("code", "lr=0.1", "torch")
