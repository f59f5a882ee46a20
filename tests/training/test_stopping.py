"""Cancel is quick, asking for it is cheap, and what was run is kept."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import numpy as np
import pytest

from lrcore.results.events import Finished
from lrcore.training import stopping, train
from lrcore.training.stopping import StopCheck
from tests.training.support import experiment, finish

HEAVY: dict[str, Any] = {
    "model": {"hidden": [256, 256]},
    "plans": ["lr=0.01"] * 8,
    "seeds": 20,
    "batch_size": 1024,
    "steps": 20,
}
TIMES: dict[str, tuple[dict[str, Any], str]] = {  # what runs, and the event after which it is told to stop
    "in an update of two seconds": (
        {**HEAVY, "data": {"kind": "checkerboard", "n_train": 1024, "n_val": 8}},
        "progress",
    ),
    "in an evaluation of four seconds": (
        {**HEAVY, "data": {"kind": "checkerboard", "n_train": 4096, "n_val": 4096}},
        "started",
    ),
    "among thousands of updates": ({"steps": 20_000}, "progress"),
}


@pytest.mark.serial
@pytest.mark.parametrize("when", TIMES)
def test_it_stops_within_half_a_second(when: str) -> None:
    """The contract of cancel, in CPU seconds of this process: what others on the machine take from it is not
    the trainer's delay."""
    fields, signal = TIMES[when]
    trained, deadlines = experiment(**fields), [float("inf")]
    # fresh memory is paid for before the clock runs
    next(event for event in train(trained, device="cpu") if event.kind == "progress")
    for event in train(trained, device="cpu", should_stop=lambda: time.process_time() > deadlines[-1]):
        if event.kind == signal and len(deadlines) == 1:
            deadlines.append(time.process_time() + 0.7)
    assert time.process_time() - deadlines[-1] < 0.5
    assert isinstance(event, Finished)
    assert event.stopped
    assert len(event.history.minibatch_loss) == event.steps_done < trained.steps


def test_the_history_holds_what_was_run() -> None:
    trained = experiment(steps=200)
    whole, asked = finish(trained).history, iter([False] * 40 + [True] * 1000)
    *events, finished = train(trained, device="cpu", should_stop=lambda: next(asked))
    assert isinstance(finished, Finished)
    done, count = finished.steps_done, len(finished.history.step)
    assert finished.stopped
    assert 0 < done < 200
    assert count == len(events) - 1
    assert finished.history.step[-1] <= done
    np.testing.assert_array_equal(finished.history.minibatch_loss, whole.minibatch_loss[:done])
    np.testing.assert_array_equal(finished.history.train_loss, whole.train_loss[:count])


def test_a_run_that_is_stopped_before_it_begins_says_so() -> None:
    events = list(train(experiment(), device="cpu", should_stop=lambda: True))
    assert [event.kind for event in events] == ["started", "finished"]
    assert isinstance(events[-1], Finished)
    assert events[-1].history.train_loss.shape == (0, 1, 2)
    assert events[-1].history.minibatch_loss.shape == (0, 1, 2)


def test_it_is_asked_seldom_enough_to_be_cheap() -> None:
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return False

    began = time.perf_counter()  # the clock that the asking goes by: on a slow machine it asks more often
    list(train(experiment(steps=1000), device="cpu", should_stop=should_stop))
    assert asked <= 65 + (time.perf_counter() - began) / 0.01


def test_updates_and_evaluations_are_polled_several_times_within(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long one of them takes, a poll is never far; and after a yes nothing more is computed."""
    monkeypatch.setattr(stopping, "INTERVAL_S", -1.0)  # every poll asks
    large = experiment(
        data={"kind": "checkerboard", "n_train": 1024, "n_val": 1024},
        model={"hidden": [32, 32]},
        plans=["lr=0.01"] * 8,
        seeds=20,
        batch_size=256,
        steps=1,
    )
    evaluations, polls = 0, Counter[int]()

    def count() -> bool:
        polls[evaluations] += 1
        return False

    for event in train(large, device="cpu", should_stop=count):
        evaluations += event.kind == "progress"
    assert polls[0] > 5, "within the evaluation before the first update"
    assert polls[1] > polls[0] + 3, "within the update, and again within the evaluation after it"

    evaluations, left = 0, 4

    def stop_within_the_update() -> bool:
        nonlocal left
        left -= evaluations
        return left <= 0

    for event in train(large, device="cpu", should_stop=stop_within_the_update):
        evaluations += event.kind == "progress"
    assert isinstance(event, Finished)
    assert (event.stopped, event.steps_done, left) == (True, 0, 0)


class Clock:
    """Seconds as a test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_inner_loop_asks_once_in_ten_milliseconds() -> None:
    clock, asked = Clock(), []
    check = StopCheck(lambda: bool(asked.append(clock.now)), clock)
    for tick in range(1, 1001):
        clock.now = tick / 1024  # binary fractions add up exactly
        assert not check.poll_at_most_every_10ms()
    assert np.diff(asked, prepend=0.0).tolist() == [11 / 1024] * (1000 // 11)
    check.poll()
    check.poll()
    assert len(asked) == 1000 // 11 + 2


def test_a_yes_stays_a_yes_and_is_not_asked_again() -> None:
    clock, answers = Clock(), iter([True])
    check = StopCheck(lambda: next(answers), clock)
    assert not check.poll_at_most_every_10ms()
    clock.now = 1.0
    for _ in range(3):
        assert check.poll_at_most_every_10ms()
        assert check.poll()
        clock.now += 1.0
    assert check.stopped
