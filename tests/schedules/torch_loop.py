"""The oracle: torch's own scheduler, stepped in a loop as a training script steps it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler

from lrcore.schedules import Schedule

Build = Callable[[torch.optim.Optimizer], Any]


def stepped(build: Build, base_lr: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The rate and the momentum of each of `steps` updates."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr, momentum=0.9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = build(optimizer)
        rates, momenta = [], []
        for step in range(steps):
            if step:
                scheduler.step()
            rates.append(optimizer.param_groups[0]["lr"])
            momenta.append(optimizer.param_groups[0]["momentum"])
    return np.array(rates), np.array(momenta)


def torch_twin(schedule: Schedule) -> Build:
    """torch's scheduler with the same parameters; the names and their meaning are torch's own, so nothing is
    translated."""
    kind, values = schedule.kind, {name: getattr(schedule, name) for name in type(schedule).model_fields}

    def build(optimizer: torch.optim.Optimizer) -> Any:
        if kind == "Constant":
            return lr_scheduler.LambdaLR(optimizer, lambda epoch: 1.0)
        if kind == "SWALR":
            return torch.optim.swa_utils.SWALR(optimizer, **values)
        if kind in ("LambdaLR", "MultiplicativeLR"):
            return getattr(lr_scheduler, kind)(optimizer, eval(f"lambda epoch: {values['lr_lambda']}"))
        if kind == "SequentialLR":
            parts = [torch_twin(part)(optimizer) for part in values["schedulers"]]
            return lr_scheduler.SequentialLR(optimizer, parts, list(values["milestones"]))
        if kind == "ChainedScheduler":
            return lr_scheduler.ChainedScheduler(
                [torch_twin(part)(optimizer) for part in values["schedulers"]], optimizer
            )
        if kind == "CyclicLR" and values["base_lr"] is None:
            return lr_scheduler.CyclicLR(optimizer, **{**values, "base_lr": optimizer.param_groups[0]["lr"]})
        return getattr(lr_scheduler, kind)(optimizer, **values)

    return build


def assert_like_torch(schedule: Schedule, base_lr: float, steps: int, tolerance: float = 1e-12) -> None:
    """Equal rates, relative to the highest of them, and equal momentum where the schedule drives it."""
    rates, momenta = stepped(torch_twin(schedule), base_lr, steps)
    ours = schedule.lr(np.arange(steps), base_lr)
    assert np.abs(ours - rates).max() <= tolerance * np.abs(rates).max(), (
        schedule,
        base_lr,
        int(np.abs(ours - rates).argmax()),
    )
    driven = schedule.momentum(np.arange(steps))
    if driven is not None:
        np.testing.assert_allclose(driven, momenta, atol=1e-12, rtol=0)
