"""Schedules that drive the momentum drive each member's own, as torch's do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from lrcore.training.reference import build_optimizer, build_scheduler, train_member
from tests.training.support import experiment, finish, relative

STEPS = 120
PLANS = [
    "lr={lr} OneCycleLR(max_lr={lr}, total_steps=120) per iteration",
    (
        "lr={lr} CyclicLR(base_lr={low}, max_lr={lr}, step_size_up=7, step_size_down=5, mode='triangular2')"
        " per iteration"
    ),
    "lr={lr} StepLR(step_size=50, gamma=0.3) per iteration",
    "lr={lr} OneCycleLR(max_lr={lr}, total_steps=40, three_phase=True, base_momentum=0.5)",
    "lr={lr} OneCycleLR(max_lr={lr}, total_steps=120, cycle_momentum=False) per iteration",
    "lr={lr} CyclicLR(max_lr={low}, step_size_up=5, base_momentum=0, max_momentum=0.8) per iteration",
    "lr={lr} Warmup(OneCycleLR(max_lr={lr}, total_steps=110), warmup_steps=10) per iteration",
]
OPTIMIZERS: dict[str, tuple[dict[str, Any], float]] = {
    "sgd": ({"kind": "SGD", "momentum": 0}, 0.02),
    "momentum": ({"kind": "SGD", "momentum": 0.9}, 0.02),
    "nesterov": ({"kind": "SGD", "momentum": 0.9, "nesterov": True}, 0.02),
    "adam": ({"kind": "Adam"}, 0.003),
}


def _experiment(optimizer: str):
    spec, lr = OPTIMIZERS[optimizer]
    return experiment(optimizer=spec, plans=[plan.format(lr=lr, low=lr / 10) for plan in PLANS], steps=STEPS)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_minibatch_loss_is_that_of_torch(optimizer: str, dtype: torch.dtype, tolerance: float) -> None:
    trained = _experiment(optimizer)
    history = finish(trained, dtype).history
    for p, plan in enumerate(trained.plans):
        run = train_member(trained, plan, p % 2, dtype)
        assert relative(history.minibatch_loss[:, p, p % 2], np.array(run.minibatch_loss)) < tolerance, (
            plan.text
        )
        np.testing.assert_allclose(history.applied_lr[:, p, p % 2], run.applied_lr, rtol=1e-12)


def test_the_oracle_is_torchs_own_scheduler_and_not_our_formula() -> None:
    trained = _experiment("momentum")
    kinds = [
        type(build_scheduler(build_optimizer(trained.optimizer, nn.Linear(1, 1), 0.1), plan))
        for plan in trained.plans
    ]
    assert kinds[:6] == [
        lr_scheduler.OneCycleLR,
        lr_scheduler.CyclicLR,
        lr_scheduler.StepLR,
        lr_scheduler.OneCycleLR,
        lr_scheduler.OneCycleLR,
        lr_scheduler.CyclicLR,
    ]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("plan", PLANS)
def test_plan_momentum_is_what_torch_sets_before_each_update(plan: str, optimizer: str) -> None:
    spec, lr = OPTIMIZERS[optimizer]
    trained = experiment(optimizer=spec, plans=[plan.format(lr=lr, low=lr / 10)], steps=STEPS)
    made = build_optimizer(trained.optimizer, nn.Linear(1, 1), lr)
    scheduler = build_scheduler(made, trained.plans[0])
    seen = []
    for step in range(40):
        group = made.param_groups[0]
        seen.append(group["betas"][0] if "betas" in group else group["momentum"])
        made.step()
        if trained.plans[0].clock == "iteration" or (step + 1) % trained.steps_per_epoch == 0:
            scheduler.step()
    own = trained.plans[0].momentum(np.arange(40), trained.steps_per_epoch)
    expected = np.full(40, seen[0]) if own is None else own
    np.testing.assert_allclose(seen, expected, rtol=1e-12, atol=1e-15)


def test_plans_beside_a_driven_one_train_as_they_do_alone() -> None:
    alone = experiment(plans=["lr=0.02 StepLR(step_size=50, gamma=0.3) per iteration"], steps=STEPS)
    beside = experiment(plans=[alone.plans[0].text, PLANS[0].format(lr=0.02)], steps=STEPS)
    one, two = (finish(trained, torch.float64).history.minibatch_loss[:, 0] for trained in (alone, beside))
    assert relative(two, one) < 1e-9
