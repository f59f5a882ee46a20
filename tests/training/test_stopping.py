"""Cancel is quick, and what was run is kept."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from lrcore.results.events import Finished
from lrcore.training import train
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


@pytest.mark.parametrize("when", TIMES)
def test_it_stops_within_half_a_second(when: str) -> None:
    """CPU seconds of this process: what others on the machine take from it is not the trainer's delay."""
    fields, signal = TIMES[when]
    trained, deadlines = experiment(**fields), [float("inf")]
    next(
        event for event in train(trained, device="cpu") if event.kind == "progress"
    )  # fresh memory is paid for before the clock runs
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

    def ask() -> bool:
        nonlocal asked
        asked += 1
        return False

    begin = time.process_time()
    list(train(experiment(steps=1000), device="cpu", should_stop=ask))
    assert asked <= 65 + (time.process_time() - begin) / 0.01
