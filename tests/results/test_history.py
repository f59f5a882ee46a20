"""Runs that ended early, and the losses of a run's epochs."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.results.events import History, Progress
from lrcore.results.history import epoch_losses, history_so_far

NEVER = np.full((1, 2), -1)


def progress(step: int, loss: float) -> Progress:
    one = np.full((1, 2), loss)
    return Progress(step, step / 10, one, one + 1, one + 2, one + 3, one + 4, NEVER)


def history(step: list[int], losses: list[list[float]]) -> History:
    val = np.array(losses, np.float64)[:, None, :]
    none = np.empty((0, *val.shape[1:]))
    return History(np.array(step), val, val, val, val, np.full(val.shape[1:], -1), none, none)


def test_what_was_evaluated_is_stacked_from_the_first_update_on() -> None:
    so_far = history_so_far([object(), progress(0, 9.0), progress(10, 2.0), progress(20, 1.0)])
    assert so_far is not None
    assert so_far.step.tolist() == [0, 10, 20]
    assert so_far.train_loss.tolist() == [[[10.0, 10.0]], [[3.0, 3.0]], [[2.0, 2.0]]]
    assert so_far.val_metric[-1].tolist() == [[4.0, 4.0]]
    assert so_far.minibatch_loss.shape == (0, 1, 2)


@pytest.mark.parametrize("events", [[], [object()], [progress(0, 1.0)]])
def test_nothing_evaluated_is_no_history(events: list[object]) -> None:
    assert history_so_far(events) is None


def test_the_losses_of_epochs_lie_on_lines_between_evaluations() -> None:
    run = history([0, 10, 30], [[4.0, 2.0], [2.0, np.inf], [1.0, 0.0]])
    assert epoch_losses(run, 10, most=99) == (2.0, 1.25, 0.5)
    assert epoch_losses(run, 10, most=2) == (2.0, 1.25)


def test_a_member_that_has_no_loss_does_not_count_and_a_run_without_one_has_none() -> None:
    assert epoch_losses(history([0, 4], [[3.0, np.nan], [np.nan, np.nan]]), 2, most=9) == (3.0, 3.0)
    assert epoch_losses(history([0, 4], [[np.nan, np.inf]] * 2), 2, most=9) == ()
