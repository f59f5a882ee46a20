"""A drag where losses lie over epochs, samples or a budget: the rates follow as their script draws them."""

from __future__ import annotations

import pytest

from lrcore.figures.curves import lr_figure
from lrcore.results.axes import AxisName, loss_axis
from tests.ui.test_drag import PLANS, bench, charts, same
from ui.session.workbench import View, Workbench, with_plan


@pytest.mark.parametrize("name", ["epochs", "samples", "budget"])
def test_the_rates_lie_over_the_axis_of_the_losses_unless_that_is_each_plans_own(name: AxisName) -> None:
    plans, steps, per_epoch = PLANS[:2], 700, 32
    shown = Workbench(bench(*plans, steps=steps).experiment, View(loss_axis=name))
    moved = with_plan(shown, 0, shown.experiment.plans[0].with_value(("base_lr",), 0.7)).experiment
    axis = None if name == "budget" else loss_axis(moved, name)
    figure = lr_figure(moved.plans, steps, per_epoch, log_y=False, axis=axis).figure
    updates = lr_figure(moved.plans, steps, per_epoch, log_y=False).figure
    for over, before in zip(figure["data"], updates["data"], strict=True):
        assert over["x"] == (axis.at(0, before["x"]) if axis else before["x"])
        assert over["y"] == before["y"]
    assert figure["layout"]["xaxis"]["range"] == [0, axis.end if axis else steps]
    parts = charts("playground", shown, "plans.0", base_lr=0.7)
    assert same(parts["lr"]["traces"], figure, "plan-0")
    whole = charts("playground", shown, "experiment", steps=350)
    title = whole["lr"]["figure"]["layout"]["xaxis"]["title"]["text"]
    assert title == ("updates" if name == "budget" else "")
    ends = [whole[key]["figure"]["layout"]["xaxis"]["range"][1] for key in ("lr", "momentum")]
    assert ends == [350 if axis is None else axis.end / 2] * 2
