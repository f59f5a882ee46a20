"""Cancel is quick, and what was run is kept."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from lrcore.events import Finished
from lrcore.training import train
from tests.training.support import experiment, finish

HEAVY: dict[str, Any] = {  # one update takes most of a second, one evaluation several
    "data": {"kind": "checkerboard", "n_train": 4096, "n_val": 4096},
    "model": {"hidden": [256, 256]},
    "plans": ["lr=0.01"] * 4,
    "seeds": 10,
    "batch_size": 1024,
    "steps": 50,
}


@pytest.mark.parametrize("after", [0.4, 3.0])
@pytest.mark.parametrize("heavy", [True, False])
def test_it_stops_within_a_fifth_of_a_second(heavy: bool, after: float) -> None:
    trained = experiment(**HEAVY) if heavy else experiment(steps=20_000)
    deadline = time.perf_counter() + after
    *_, finished = train(trained, device="cpu", should_stop=lambda: time.perf_counter() > deadline)
    late = time.perf_counter() - deadline
    assert isinstance(finished, Finished)
    assert finished.stopped
    assert late < 0.2
    assert len(finished.history.minibatch_loss) == finished.steps_done < trained.steps


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

    begin = time.perf_counter()
    list(train(experiment(steps=1000), device="cpu", should_stop=ask))
    assert asked <= 65 + (time.perf_counter() - begin) / 0.01
