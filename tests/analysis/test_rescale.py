"""A plan scaled to a run of another length keeps its shape, or says why it cannot be scaled."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import PlanError, parse_plan
from lrcore.analysis.clock.rescale import rescale
from lrcore.analysis.run import Run

IMAGENET = Run(steps=450_360, steps_per_epoch=5004)


@pytest.mark.parametrize(
    "text",
    [
        "lr=0.1 StepLR(step_size=30, gamma=0.1)",
        "lr=0.1 CosineAnnealingLR(T_max=450360) per iteration",
        "lr=0.1 InverseTimeDecay(lr_decay=2e-4) per iteration",
        "lr=0.1 ExponentialLR(gamma=0.99999) per iteration",
        (
            "lr=0.1 SequentialLR([LinearLR(0.1, total_iters=22518), CosineAnnealingLR(T_max=427842)],"
            " milestones=[22518]) per iteration"
        ),
        "lr=0.1 Piecewise([[0, 0.1], [225180, 0.02], [450360, 0.001]]) per iteration",
        "lr=0.1",
    ],
)
def test_a_scaled_plan_keeps_its_shape(text: str) -> None:
    plan, new = parse_plan(text), Run(steps=2000)
    scaled = rescale(plan, IMAGENET, new)
    at = np.array([100, 500, 900, 1500, 1900])
    there = plan.lr((at * IMAGENET.steps / new.steps).astype(np.int64), IMAGENET.steps_per_epoch)
    assert scaled.lr(at) == pytest.approx(there, rel=0.02)


def test_what_cannot_be_scaled_says_so() -> None:
    with pytest.raises(PlanError, match="not scaled"):
        rescale(parse_plan("lr=0.1 ReduceLROnPlateau()"), IMAGENET, Run(steps=2000))
    chain = (
        "lr=0.1 ChainedScheduler([StepLR(step_size=9, gamma=0.5), CosineAnnealingLR(T_max=10,"
        " eta_min=0.001)])"
    )
    with pytest.raises(PlanError, match="followed update by update"):
        rescale(parse_plan(chain), IMAGENET, Run(steps=2000))
