"""Every rate of a run and their sums, against the plan asked update by update, and the closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.analysis import budget, budget_share
from lrcore.analysis.sums.updates import rates, spent
from lrcore.errors import PlanError
from lrcore.plan import parse_plan

PLANS = [
    "lr=0.3",
    "lr=0.3 StepLR(step_size=5, gamma=0.3)",
    "lr=0.3 CosineAnnealingLR(T_max=100) per iteration",
    "lr=0.3 MultiplicativeLR(lr_lambda='1 - 1e-3 * epoch')",
]


@pytest.mark.parametrize("text", PLANS)
@pytest.mark.parametrize(("steps", "per_epoch"), [(1, 1), (100, 1), (100, 7), (5, 32)])
def test_the_rates_are_those_of_the_plan(text: str, steps: int, per_epoch: int) -> None:
    plan = parse_plan(text)
    each = rates(plan, steps, per_epoch)
    assert each.tolist() == [float(plan.lr(step, per_epoch)) for step in range(steps)]
    sums = spent(plan, steps, per_epoch)
    assert len(sums) == steps + 1
    assert sums[0] == 0
    assert sums[-1] == pytest.approx(budget(plan, steps, per_epoch).total)
    shares = budget_share(plan, np.arange(steps + 1), steps, per_epoch)
    np.testing.assert_allclose(sums / sums[-1], shares, rtol=1e-9)


def test_a_plan_without_a_curve_says_so() -> None:
    with pytest.raises(PlanError, match="follows a metric"):
        rates(parse_plan("lr=0.3 ReduceLROnPlateau(factor=0.5)"), 10)
