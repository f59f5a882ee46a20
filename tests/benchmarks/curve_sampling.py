"""Drawing a curve of 160,000 steps: our sampled closed form against stepping torch's scheduler and keeping
every rate.

python -m tests.benchmarks.curve_sampling
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from lrcore import parse_plan
from lrcore.analysis.vertices import sample

STEPS = 160_000
LR = torch.optim.lr_scheduler
RACES: dict[str, Callable[[torch.optim.Optimizer], LR.LRScheduler]] = {
    "lr=0.1 StepLR(step_size=40000, gamma=0.5) per iteration": lambda o: LR.StepLR(o, 40_000, 0.5),
    "lr=0.1 ExponentialLR(gamma=0.99997) per iteration": lambda o: LR.ExponentialLR(o, 0.99997),
    "lr=0.1 CosineAnnealingLR(T_max=160000) per iteration": lambda o: LR.CosineAnnealingLR(o, STEPS),
    "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration": lambda o: LR.LambdaLR(
        o, lambda t: 1 / (1 + 5e-5 * t)
    ),
}


def stepped(
    make: Callable[[torch.optim.Optimizer], LR.LRScheduler], base_lr: float
) -> tuple[float, list[float]]:
    """Seconds and rates of torch's scheduler stepped through the run."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr)
    scheduler = make(optimizer)
    optimizer.step()
    started = time.perf_counter()
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    return time.perf_counter() - started, rates


def run() -> list[dict[str, Any]]:
    """One row per plan: seconds of both, their ratio, and the greatest relative deviation at the sampled
    vertices."""
    rows = []
    for text, make in RACES.items():
        plan = parse_plan(text)
        theirs, rates = stepped(make, plan.base_lr)
        times = []
        for _ in range(7):
            started = time.perf_counter()
            x, y = sample(plan, STEPS)
            times.append(time.perf_counter() - started)
        ours = statistics.median(times)
        deviation = max(
            abs(value - rates[step]) / plan.base_lr
            for step, value in zip(x.tolist(), y.tolist(), strict=True)
        )
        rows.append(
            {
                "plan": text,
                "points": len(x),
                "torch_s": theirs,
                "ours_s": ours,
                "ratio": theirs / ours,
                "deviation": deviation,
            }
        )
    return rows


def main() -> None:
    print(
        "| plan | points | torch stepped (ms) | sampled (ms) | ratio | deviation |\n|---|---|---|---|---|---|"
    )
    for row in run():
        cells = (
            f"{row['points']} | {1e3 * row['torch_s']:.0f} | {1e3 * row['ours_s']:.2f} | {row['ratio']:.0f} |"
            f" {row['deviation']:.1e}"
        )
        print(f"| {row['plan']} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
