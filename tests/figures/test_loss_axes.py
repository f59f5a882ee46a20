"""The loss chart over epochs, samples and budget, grown or built at once, and predictions over it."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from lrcore.experiment import Experiment
from lrcore.figures.losses import TRACES_PER_PLAN, extend, loss_figure
from lrcore.figures.predicted import predicted_traces
from lrcore.figures.theme import DASHES, color
from lrcore.prediction import Prediction, TaskError
from lrcore.results.axes import AXES, AxisName, loss_axis
from lrcore.results.events import NOT_DIVERGED, Progress

EXPERIMENT = Experiment.model_validate(
    {
        "plans": [
            "lr=0.3",
            "lr=0.3 StepLR(step_size=1, gamma=0.5)",
            "lr=0.1 ReduceLROnPlateau(factor=0.5, patience=2)",
        ],
        "steps": 110,
        "seeds": 3,
    }
)
TOLD = [
    Progress(
        step,
        step / 32,
        *(np.full((3, 3), 2.0 / (1 + step)) for _ in range(4)),
        np.array([[0.3] * 3, [0.3 * 0.5 ** (step // 32)] * 3, [0.1 if step < 60 else 0.05] * 3]),
        np.array([[NOT_DIVERGED] * 3, [NOT_DIVERGED, 33 if step > 40 else NOT_DIVERGED, NOT_DIVERGED]])[
            [0, 1, 0]
        ],
    )
    for step in range(0, 111, 10)
]


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("cut", [0, 1, 7])
def test_growing_a_figure_gives_the_one_built_at_once(name: AxisName, cut: int) -> None:
    axis = loss_axis(EXPERIMENT, name)
    grown = loss_figure(EXPERIMENT.plans, EXPERIMENT.steps, TOLD[:cut], "train", axis)
    for number in range(cut, len(TOLD)):
        for part in extend(TOLD[number], "train", TOLD[:number], axis):
            json.dumps(part, allow_nan=False)
            grown["data"][part["i"]]["x"] += part["x"]
            grown["data"][part["i"]]["y"] += part["y"]
    whole = loss_figure(EXPERIMENT.plans, EXPERIMENT.steps, TOLD, "train", axis)
    assert grown == whole
    go.Figure(whole)
    assert whole["layout"]["xaxis"]["title"]["text"] == axis.title
    assert whole["layout"]["xaxis"]["range"] == [0, axis.end]


def test_band_median_and_marks_of_a_plan_lie_over_its_own_budget() -> None:
    axis = loss_axis(EXPERIMENT, "budget")
    traces = loss_figure(EXPERIMENT.plans, EXPERIMENT.steps, TOLD, "train", axis)["data"]
    steps = np.array([event.step for event in TOLD])
    for index in range(2):
        low, high, median, marks = traces[index * TRACES_PER_PLAN : (index + 1) * TRACES_PER_PLAN]
        spent = [EXPERIMENT.plans[index].lr(np.arange(step), 32).sum() for step in steps]
        assert low["x"] == high["x"] == median["x"] == pytest.approx(spent)
    assert marks["x"] == pytest.approx([32 * 0.3 + 0.15])  # before update 33
    assert "budget" in marks["hovertemplate"]
    listening = traces[2 * TRACES_PER_PLAN]["x"]
    assert listening == pytest.approx([*(0.1 * steps[:6]), *(5 + 0.05 * (steps[6:] - 50))])


def test_without_an_axis_the_figure_is_that_over_updates() -> None:
    bare = loss_figure(EXPERIMENT.plans, EXPERIMENT.steps, TOLD, "val")
    named = loss_figure(EXPERIMENT.plans, EXPERIMENT.steps, TOLD, "val", loss_axis(EXPERIMENT))
    marks = [trace.pop("hovertemplate", "") for figure in (bare, named) for trace in figure["data"]]
    assert "diverged at update %{x}" in marks
    assert bare == named


def prediction(known: int, error: TaskError | None = None) -> Prediction:
    steps = np.array([0, 32, 64, 110])
    budget = np.array(loss_axis(EXPERIMENT, "budget").at(1, steps))
    loss = np.array([0.7, 0.5, 0.3, 0.2])
    return Prediction(1, steps, budget, loss, np.arange(4) < known, 0, 0.5, error)


@pytest.mark.parametrize("name", AXES)
def test_a_prediction_lies_over_the_axis_of_the_losses(name: AxisName) -> None:
    axis = loss_axis(EXPERIMENT, name)
    known, beyond = predicted_traces(EXPERIMENT, prediction(3), name)
    assert known["x"] + beyond["x"][1:] == axis.at(1, [0, 32, 64, 110])
    assert (known["y"], beyond["y"]) == ([0.7, 0.5, 0.3], [0.3, 0.2])  # they meet
    assert beyond["opacity"] < known["opacity"]
    assert known["line"]["dash"] not in DASHES
    go.Figure({"data": [known, beyond]})


def test_a_prediction_has_the_colour_of_its_plan() -> None:
    assert {trace["line"]["color"] for trace in predicted_traces(EXPERIMENT, prediction(3))} == {color(1)}


def test_a_prediction_within_the_run_has_nothing_beyond() -> None:
    known, beyond = predicted_traces(EXPERIMENT, prediction(4))
    assert known["x"] == [0, 32, 64, 110]
    assert beyond["x"] == beyond["y"] == []
