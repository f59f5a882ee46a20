"""Curves as a table of exact rates."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import PlanError, parse_plan
from lrcore.analysis.run import Run
from lrcore.analysis.table import curve_csv


def test_the_csv_holds_every_rate_exactly() -> None:
    plans, horizon = (
        [parse_plan(text) for text in ("lr=0.1 ExponentialLR(gamma=0.999) per iteration", "lr=0.3")],
        Run(steps=45_001),
    )
    lines = "".join(curve_csv(plans, horizon)).splitlines()
    assert len(lines) == 1 + horizon.steps
    rates = np.array([float(line.split(",")[2]) for line in lines[1:]])
    assert (rates == plans[0].lr(np.arange(horizon.steps))).all()
    every = "".join(curve_csv(plans, horizon, every=1000)).splitlines()
    assert [int(line.split(",")[0]) for line in every[1:]] == [*range(0, 45_001, 1000)]


def test_the_csv_of_a_plan_that_listens_follows_the_metric() -> None:
    plans, horizon = (
        [parse_plan("lr=0.3"), parse_plan("lr=0.1 ReduceLROnPlateau(factor=0.5, patience=0)")],
        Run(steps=10, steps_per_epoch=2),
    )
    cells = [
        line.split(",")[3]
        for line in "".join(curve_csv(plans, horizon, metric=(1.0, 1.0, 1.0))).splitlines()[1:]
    ]
    assert cells == [*["0.1"] * 4, *["0.05"] * 2, *["0.025"] * 2, "", ""]
    with pytest.raises(PlanError, match="none to follow"):
        next(curve_csv(plans, horizon))
