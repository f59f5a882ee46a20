"""Choosing a schedule gives one that shows something: valid, inside its sliders, and not a constant in
disguise."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import Plan, parse_plan
from lrcore.schedules import FEEDBACK, SCHEDULES, Schedule

EVERY = {**SCHEDULES, **FEEDBACK}
classes = pytest.mark.parametrize("cls", EVERY.values(), ids=EVERY)


@classes
@pytest.mark.parametrize("run", [1, 2, 3, 10, 63, 2000, 1_000_000])
@pytest.mark.parametrize("base_lr", [1e-4, 0.3, 3.0])
def test_starts_are_valid_and_their_thumbs_lie_on_their_sliders(
    cls: type[Schedule], run: int, base_lr: float
) -> None:
    start = cls.starting(base_lr, run)
    assert parse_plan(Plan(base_lr=base_lr, schedule=start).text).schedule == start
    for name, item in start.controls().items():
        value = getattr(start, name, item.default)
        if (reach := item.slider_range(run)) is not None and isinstance(value, (int, float)):
            assert reach[0] <= value <= reach[1], (name, value, reach)


@pytest.mark.parametrize(
    "cls", [cls for kind, cls in SCHEDULES.items() if kind != "Constant"], ids=lambda cls: cls.kind
)
@pytest.mark.parametrize("run", [10, 63, 2000])
@pytest.mark.parametrize("base_lr", [0.01, 0.3])
def test_starts_move_the_rate_and_keep_it_near_the_base_lr(
    cls: type[Schedule], run: int, base_lr: float
) -> None:
    rates = cls.starting(base_lr, run).lr(np.arange(run), base_lr)
    assert np.isfinite(rates).all()
    assert rates.max() > 1.5 * rates.min()
    assert 0.01 * base_lr < rates.max() <= 1.0001 * base_lr
