"""A formula as a line of plain text is the rate that is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lrcore import parse_plan
from lrcore.analysis.drops import drops_told
from lrcore.plan import Plan
from lrcore.schedules.formula.short import LENGTH_MAX, rate_short
from tests.schedules.samples import SAMPLES

PLANS = [plan for plan in map(parse_plan, SAMPLES) if not plan.schedule.listens]
KNOWN = {"cos": math.cos, "tanh": math.tanh, "sin": math.sin, "min": min, "max": max, "π": math.pi}


def value(text: str, t: int) -> float:
    """What a person would work out from the line."""
    for sign, python in ((" · ", " * "), ("^", " ** "), ("⌊", "int("), ("⌋", ")"), ("√(", "sqrt(")):
        text = text.replace(sign, python)
    return float(eval(text, {"__builtins__": {}, "int": math.floor, "sqrt": math.sqrt, **KNOWN, "t": t}))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.text[:50])
def test_the_line_is_the_rate(plan: Plan) -> None:
    line = rate_short(plan.schedule.formula(plan.base_lr))
    assert len(line) <= LENGTH_MAX
    if line and "count_le" not in line:
        for t in (0, 1, 4, 7, 24, 31):
            drawn = float(plan.schedule.lr(t, plan.base_lr))
            assert value(line, t) == pytest.approx(drawn, rel=1e-4, abs=1e-9)


def test_most_have_one() -> None:
    lines = {plan.text: rate_short(plan.schedule.formula(plan.base_lr)) for plan in PLANS}
    assert sum(bool(line) for line in lines.values()) >= 12
    assert lines["lr=0.05 StepLR(step_size=30, gamma=0.1)"] == "0.05 · 0.1^⌊t / 30⌋"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("StepLR(step_size=30, gamma=0.1)", "× 0.1 at update 300, 600, 900"),
        ("StepLR(step_size=2, gamma=0.1)", "× 0.1 at update 20, 40, 60, 80, …"),
        ("MultiStepLR(milestones=[0, 5, 20, 20], gamma=0.5)", "× 0.5 at 50, × 0.25 at 200"),
        ("StepLR(step_size=300, gamma=0.1)", ""),
        ("StepLR(step_size=30, gamma=1.1)", ""),
        ("CosineAnnealingLR(T_max=9)", ""),
    ],
)
def test_drops_are_told_where_they_are(text: str, said: str) -> None:
    plan = parse_plan(f"lr=0.1 {text}")
    assert drops_told(plan, 1000, 10) == said
    rates = plan.lr(np.arange(1000), 10)
    falls = [f"{update:,}" for update in np.flatnonzero(np.diff(rates) < 0) + 1]
    assert all(update in said for update in falls[:4] if said)
