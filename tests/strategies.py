"""Hypothesis strategies made from the declarations: every schedule, data set and optimiser that is
registered, within its bounds."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from lrcore import Experiment, Plan
from lrcore.datasets import DATASETS
from lrcore.errors import LRLabError
from lrcore.experiment import MLP, OPTIMIZERS
from lrcore.schedules import SCHEDULES, Schedule
from lrcore.values.parameter import TICKS, Parameter, parameters

MAGNITUDE = 1e6  # of a float parameter without an upper bound


def _number(item: Parameter, horizon: int) -> st.SearchStrategy[Any]:
    top = float(horizon) if item.unit == TICKS else MAGNITUDE
    low = -MAGNITUDE if item.low is None else item.low
    high = top if item.high is None else min(item.high, top)
    if item.type is int:
        return st.integers(math.floor(low) + item.open_low, math.ceil(high) - item.open_high)
    # a denormal number is allowed, but says nothing about formulas
    floor = 1e-6 if item.low == 0 and item.open_low else low
    whole = (
        st.integers(math.ceil(floor), math.floor(high)).map(float)
        if math.ceil(floor) <= math.floor(high)
        else st.nothing()
    )
    numbers = st.floats(floor, high, exclude_min=item.open_low and floor == low, exclude_max=item.open_high)
    return numbers | whole.filter(
        lambda value: not (item.open_low and value <= low) and not (item.open_high and value >= high)
    )


def values(item: Parameter, horizon: int = 10_000) -> st.SearchStrategy[Any] | None:
    """Values that a declared parameter takes; None for one that only its class can make."""
    if item.type is bool:
        return st.booleans()
    if item.choices:
        return st.sampled_from(item.choices)
    if item.type in (int, float):
        made = _number(item, horizon)
        return made | st.none() if not item.required and item.default is None else made
    if item.name == "milestones":
        return st.lists(st.integers(0, horizon), max_size=8)
    return None


@st.composite
def made(draw: st.DrawFn, cls: type[Any], horizon: int = 10_000) -> Any:
    """An instance of a declared class; required parameters are always given, others sometimes."""
    fields = {}
    for name, item in parameters(cls).items():
        strategy = values(item, horizon)
        if strategy is not None and (item.required or draw(st.booleans())):
            fields[name] = draw(strategy)
    try:
        return cls(**fields)
    except LRLabError:  # parameters that exclude each other, such as nesterov without momentum
        return draw(st.nothing())


def simple(cls: type[Schedule]) -> bool:
    """Whether every required parameter of the schedule can be drawn from its declaration alone."""
    return all(values(item) is not None for item in parameters(cls).values() if item.required)


SIMPLE = sorted(kind for kind, cls in SCHEDULES.items() if simple(cls))
BASE_LRS = st.floats(1e-12, 1e6) | st.sampled_from([1.0, 3.0, 0.05, 1e-4, 1e22, 5e-324, 1e308])


def schedules(horizon: int = 10_000) -> st.SearchStrategy[Schedule]:
    return st.sampled_from(SIMPLE).flatmap(lambda kind: made(SCHEDULES[kind], horizon))


def plans(horizon: int = 10_000) -> st.SearchStrategy[Plan]:
    return st.builds(
        Plan, base_lr=BASE_LRS, schedule=schedules(horizon), clock=st.sampled_from(["epoch", "iteration"])
    )


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Small enough for the limits, otherwise anything."""
    return Experiment(
        data=draw(st.sampled_from(sorted(DATASETS)).flatmap(lambda kind: made(DATASETS[kind]))),
        model=MLP(
            hidden=tuple(draw(st.lists(st.integers(1, 32), min_size=1, max_size=3))),
            activation=draw(st.sampled_from(["tanh", "relu", "gelu"])),
        ),
        optimizer=draw(st.sampled_from(sorted(OPTIMIZERS)).flatmap(lambda kind: made(OPTIMIZERS[kind]))),
        plans=tuple(draw(st.lists(plans(), min_size=1, max_size=4))),
        seeds=draw(st.integers(1, 3)),
        batch_size=draw(st.integers(1, 64)),
        steps=draw(st.integers(1, 500)),
    )


# An experiment that trains in a moment; its last plan diverges.
TINY: dict[str, Any] = {
    "data": {"kind": "xor", "n_train": 64, "n_val": 32},
    "model": {"hidden": [4]},
    "plans": ["lr=0.3", "lr=0.3 StepLR(step_size=5, gamma=0.3) per iteration", "lr=1e30"],
    "seeds": 2,
    "batch_size": 16,
    "steps": 12,
}
