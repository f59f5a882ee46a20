"""The race of closed forms against stepping: 160,000 rates at once, and torch's own scheduler stepped as
often.

`python -m tests.benchmarks.closed_forms` prints one row per schedule. Only stepping the scheduler is timed on
torch's side, not the optimiser.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass

import numpy as np
import torch

from lrcore import Plan, parse_plan
from lrcore.schedules import SCHEDULES
from tests.schedules.samples import SAMPLES
from tests.schedules.torch_loop import torch_twin

STEPS = 160_000
RACES = [  # of the length of the run, as somebody would write them
    "lr=0.1 ConstantLR(factor=0.5, total_iters=5000)",
    "lr=0.1 LinearLR(start_factor=0.1, total_iters=5000)",
    "lr=0.1 ExponentialLR(gamma=0.99999)",
    "lr=0.1 PolynomialLR(total_iters=160000, power=2)",
    "lr=0.1 StepLR(step_size=40000, gamma=0.5)",
    "lr=0.1 MultiStepLR(milestones=[80000, 120000])",
    "lr=0.1 CosineAnnealingLR(T_max=160000)",
    "lr=0.1 CosineAnnealingWarmRestarts(T_0=10000, T_mult=2)",
    "lr=0.1 CyclicLR(base_lr=0.01, max_lr=0.1, step_size_up=2000)",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=160000)",
    "lr=0.1 SWALR(swa_lr=0.05, anneal_epochs=10000)",
    "lr=0.1 LambdaLR(lr_lambda='1 / (1 + 5e-5 * epoch)')",
    "lr=0.1 MultiplicativeLR(lr_lambda='0.99999')",
    (
        "lr=0.1 SequentialLR([LinearLR(start_factor=0.1, total_iters=5000), CosineAnnealingLR(T_max=155000)],"
        " milestones=[5000])"
    ),
    "lr=0.1 ChainedScheduler([LinearLR(start_factor=0.1, total_iters=5000), ExponentialLR(gamma=0.99999)])",
]
RECURSIVE = [  # no closed form: followed block by block
    "lr=0.1 MultiplicativeLR(lr_lambda='1 - 1e-9 * epoch')",
    "lr=0.1 ChainedScheduler([ExponentialLR(gamma=0.99999), CosineAnnealingLR(T_max=160000, eta_min=0.001)])",
]


@dataclass(frozen=True)
class Row:
    """One schedule: milliseconds of the closed form, and of torch where it has the schedule."""

    plan: str
    closed: bool
    ours_ms: float
    torch_ms: float | None

    @property
    def ratio(self) -> float | None:
        return None if self.torch_ms is None else self.torch_ms / self.ours_ms


def run(steps: int = STEPS) -> list[Row]:
    """Every schedule once; the races against torch first, then those that torch does not have."""
    rows = [
        Row(text, text in RACES, _ours(parse_plan(text), steps), _torch(parse_plan(text), steps))
        for text in RACES + RECURSIVE
    ]
    raced = {parse_plan(text).schedule.kind for text in RACES}
    others = {
        plan.schedule.kind: plan
        for plan in map(parse_plan, SAMPLES)
        if plan.schedule.kind in set(SCHEDULES) - raced
    }
    return rows + [Row(plan.text, True, _ours(plan, steps), None) for plan in others.values()]


def _ours(plan: Plan, steps: int, repeats: int = 20) -> float:
    t = np.arange(steps)
    plan.lr(t)
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        plan.lr(t)
        times.append(time.perf_counter() - began)
    return 1e3 * min(times)


def _torch(plan: Plan, steps: int) -> float:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=plan.base_lr, momentum=0.9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = torch_twin(plan.schedule)(optimizer)
        began = time.perf_counter()
        for _ in range(steps - 1):
            scheduler.step()
        return 1e3 * (time.perf_counter() - began)


def main() -> None:
    print(f"{STEPS:,} rates\n{'closed form':>12} {'torch steps':>12} {'ratio':>7}  plan")
    for row in run():
        torch_ms = f"{row.torch_ms:9.0f} ms" if row.torch_ms is not None else "-"
        ratio = f"{row.ratio:6.0f}x" if row.ratio is not None else ""
        print(
            f"{row.ours_ms:9.2f} ms {torch_ms:>12} {ratio:>7} "
            f" {row.plan}{'' if row.closed else '  (recursion)'}"
        )


if __name__ == "__main__":
    main()
