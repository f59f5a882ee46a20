"""The batched trainer equals the plain torch loop, minibatch loss by minibatch loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lrcore.training.reference import train_member
from tests.training.support import experiment, finish, relative

STEPS = 120
PLANS = [
    "lr={lr}",
    "lr={lr} StepLR(step_size=60, gamma=0.3) per iteration",
    "lr={lr} CosineAnnealingLR(T_max=5)",
    "lr={lr} InverseTimeDecay(lr_decay=0.02) per iteration",
    "lr={lr} LinearLR(start_factor=0.1, total_iters=30) per iteration",
]
OPTIMIZERS: dict[str, tuple[dict[str, Any], float]] = {
    "sgd": ({"kind": "SGD", "momentum": 0}, 0.1),
    "momentum": ({"kind": "SGD", "momentum": 0.9}, 0.03),
    "nesterov": ({"kind": "SGD", "momentum": 0.9, "nesterov": True}, 0.03),
    "adam": ({"kind": "Adam"}, 0.005),
    "adam-other": ({"kind": "Adam", "beta1": 0.8, "beta2": 0.99, "eps": 1e-3}, 0.01),
}
# Rates away from the edge of stability: beyond it two runs of torch itself, in float32 and float64, drift
# apart. 300 = 9 * 32 + 12 and 1297 = 40 * 32 + 17: the last batch of an epoch is smaller; 256 = 8 * 32: it is
# not.
DATA: dict[str, dict[str, Any]] = {
    "classes": {"kind": "checkerboard", "n_train": 300, "n_val": 64},
    "three classes": {"kind": "spirals", "arms": 3, "n_train": 256, "n_val": 64},
    "curve": {"kind": "sine", "n_train": 300, "n_val": 64},
    "digits": {"kind": "digits"},
    "diabetes": {"kind": "diabetes"},
}


def _worst(
    data: str,
    optimizer: str,
    dtype: torch.dtype,
    activation: str = "tanh",
    batch: int = 32,
    steps: int = STEPS,
) -> float:
    spec, lr = OPTIMIZERS[optimizer]
    trained = experiment(
        data=DATA[data],
        model={"hidden": [16, 12], "activation": activation},
        optimizer=spec,
        plans=[plan.format(lr=lr) for plan in PLANS],
        batch_size=batch,
        steps=steps,
    )
    history = finish(trained, dtype).history
    assert history.minibatch_loss.shape == (steps, len(PLANS), 2)
    worst = 0.0
    for p, plan in enumerate(trained.plans):
        seed = p % trained.seeds
        run = train_member(trained, plan, seed, dtype)
        worst = max(worst, relative(history.minibatch_loss[:, p, seed], np.array(run.minibatch_loss)))
        np.testing.assert_allclose(history.applied_lr[:, p, seed], run.applied_lr, rtol=1e-12)
    return worst


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("data", DATA)
def test_every_minibatch_loss_is_that_of_torch_in_float64(data: str, optimizer: str) -> None:
    assert _worst(data, optimizer, torch.float64) < 1e-9


# float64 to 1e-9 proves the algorithm for every pair; float32 only shows that its rounding does no harm
@pytest.mark.parametrize(("data", "optimizer"), list(zip(DATA, OPTIMIZERS, strict=True)))
def test_every_minibatch_loss_is_that_of_torch_in_float32(data: str, optimizer: str) -> None:
    assert _worst(data, optimizer, torch.float32) < 1e-4


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float64, 1e-9)])
@pytest.mark.parametrize("data", ["three classes", "curve"])
def test_the_other_activations(data: str, activation: str, dtype: torch.dtype, tolerance: float) -> None:
    assert _worst(data, "momentum", dtype, activation) < tolerance


@pytest.mark.parametrize("batch", [1, 256, 1000])
def test_batches_of_one_and_of_all_points(batch: int) -> None:
    assert _worst("three classes", "nesterov", torch.float64, batch=batch, steps=60) < 1e-9
