"""The losses of a run as a file: every number of the history, in a table that other programs read."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from lrcore import Experiment
from lrcore.results.events import History
from lrcore.results.losses_csv import losses_csv


def test_the_file_holds_every_evaluation_of_every_network() -> None:
    experiment = Experiment.model_validate(
        {"plans": ["lr=0.3", "lr=0.1 MultiStepLR(milestones=[5, 9], gamma=0.5)"], "seeds": 3, "steps": 100}
    )
    shape = (4, 2, 3)
    numbers = np.random.default_rng(0).random((4, *shape))
    numbers[1, 2:, 0, 1] = np.inf  # it has diverged
    lr, train, val, metric = numbers
    nothing = np.empty((0, *shape[1:]))
    step = np.array([0, 10, 50, 100])
    history = History(step, train, val, metric, lr, np.full(shape[1:], -1), nothing, nothing)
    table = pd.read_csv(io.StringIO("".join(losses_csv(experiment, history))))
    assert len(table) == 4 * 2 * 3
    assert table.columns.tolist() == [
        "update", "plan", "seed", "lr", "training_loss", "validation_loss", "validation_accuracy", "text"
    ]  # fmt: skip
    assert table["text"].unique().tolist() == [plan.text for plan in experiment.plans]
    for name, part in (("lr", lr), ("training_loss", train), ("validation_loss", val)):
        by_place = table.set_index(["update", "plan", "seed"])[name]
        for (at, plan, seed), value in np.ndenumerate(part):
            assert by_place[(step[at], plan + 1, seed)] == value
