"""The plans and runs that the read-outs are checked on, and the plain answer: every rate."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.plan import Plan
from tests.schedules.samples import SAMPLES

N = 100_000
LONG = [
    "StepLR(step_size=30, gamma=0.9999)",
    "StepLR(step_size=7, gamma=1)",
    "StepLR(step_size=40_000, gamma=0.4807)",
    "StepLR(step_size=900, gamma=1.05)",
    "MultiStepLR(milestones=[5, 5000, 5000, 70_001], gamma=0.3)",
    "ConstantLR(factor=0.5, total_iters=777)",
    "LinearLR(start_factor=0.01, total_iters=30_000)",
    "ExponentialLR(gamma=0.99998)",
    "ExponentialLR(gamma=0.5)",
    "ExponentialLR(gamma=1.0001)",
    "ExponentialDecay(decay_steps=1234.5, decay_rate=0.7, staircase=True, begin=999)",
    "ExponentialDecay(decay_steps=1000, decay_rate=0.9, staircase=True)",
    "ExponentialDecay(decay_steps=5000, decay_rate=0.5, end_lr=1e-3)",
    "ExponentialDecay(decay_steps=10, decay_rate=0.9, end_lr=0.008, begin=15)",
    "InverseTimeDecay(lr_decay=5e-5)",
    "InverseTimeDecay(lr_decay=3)",
    "InverseTimeDecay(lr_decay=1e-14)",
    "InverseTimeDecay(lr_decay=0.07, staircase=True)",
    "InverseTimeDecay(lr_decay=2.5, staircase=True)",
    "InverseTimeDecay(lr_decay=0.003, staircase=True, decay_steps=500)",
    "PolynomialLR(total_iters=90_000, power=1)",
    "PolynomialLR(total_iters=90_000, power=0.5)",
    "PolynomialDecay(decay_steps=33_333.3, end_lr=0.01)",
    "PolynomialDecay(decay_steps=70, end_lr=0.001, power=0.6, cycle=True)",
    "PolynomialDecay(decay_steps=9.5, power=1.5, cycle=True)",
    "CosineAnnealingLR(T_max=100_000, eta_min=1e-3)",
    "CosineAnnealingLR(T_max=12.34)",
    "CosineAnnealingLR(T_max=1, eta_min=0.01)",
    "CosineAnnealingLR(T_max=0.7)",
    "CosineAnnealingWarmRestarts(T_0=50)",
    "CosineAnnealingWarmRestarts(T_0=500, T_mult=2, eta_min=1e-3)",
    "CosineCycles(T=2.5, cycle_limit=None, cycle_decay=0.999, eta_min=1e-6)",
    "CosineCycles(T=999.9, cycle_limit=20, cycle_decay=0.9, decay_of='swing', min_ratio=0.1)",
    "TanhDecay(T=77_777)",
    "CyclicLR(max_lr=0.5, step_size_up=7, mode='triangular2')",
    "CyclicLR(base_lr=0, max_lr=0.5, step_size_up=2000, step_size_down=500, mode='exp_range', gamma=0.9999)",
    "CyclicLR(max_lr=0.01, step_size_up=3000)",
    "OneCycleLR(max_lr=0.5, total_steps=90_000)",
    "OneCycleLR(max_lr=0.5, total_steps=90_000, three_phase=True, anneal_strategy='linear')",
    "Warmup(CosineCycles(T=95_000), warmup_steps=5000)",
    "Warmup(StepLR(step_size=200, gamma=0.99), warmup_steps=500, shift=700)",
    "Warmup(InverseTimeDecay(lr_decay=0.01), warmup_steps=500, shift=0)",
    "Warmup(CosineCycles(T=1500, cycle_limit=None), warmup_steps=9000, start_factor=1, shift=0)",
    "CosineCycles(T=3, cycle_mul=1.0000001, cycle_limit=None, cycle_decay=0.9999)",
    "ChainedScheduler([LinearLR(total_iters=777), StepLR(step_size=3, gamma=0.9999)])",
    "ChainedScheduler([LinearLR(total_iters=777), MultiStepLR(milestones=[9000])])",
    "ChainedScheduler([PolynomialLR(total_iters=777), ExponentialLR(gamma=1.0005)])",
    "Warmup(ExponentialLR(gamma=0.9999), warmup_steps=5000, shape='1-sqrt')",
    "InverseSqrt(warmup_steps=4000)",
    "Noam(warmup_steps=4000)",
    "PowerLaw(power=0.5)",
    "PowerLaw(power=3)",
    "REX(total_steps=80_000)",
    "WarmupStableDecay(total_steps=90_000, warmup_steps=1000, decay_steps=30_000)",
    (
        "WarmupStableDecay(total_steps=90_000, warmup_steps=1000, decay_steps=30_000, stable_shape='power',"
        " min_ratio=0.3)"
    ),
    (
        "WarmupStableDecay(total_steps=27_913, warmup_steps=1000, decay_steps=579, stable_shape='power',"
        " min_ratio=0.61, stable_power=1.2, timescale=1000)"
    ),
    "TriStage(warmup_steps=4000, hold_steps=10_000, decay_steps=60_000)",
    "SWALR(swa_lr=0.02, anneal_epochs=30_000)",
    "Piecewise([[0, 0], [10_000, 0.5], [30_000, 0.05], [30_000, 0.2]], interpolation='cosine')",
    (
        "SequentialLR([LinearLR(total_iters=5000), CyclicLR(max_lr=0.4, step_size_up=11),"
        " SWALR(swa_lr=0.01)], milestones=[5000, 60_000])"
    ),
    "ChainedScheduler([LinearLR(total_iters=900), ExponentialLR(gamma=0.5)])",
    "ChainedScheduler([LinearLR(total_iters=900), StepLR(step_size=3, gamma=0.999)])",
    "ChainedScheduler([CosineAnnealingLR(T_max=200_000), LinearLR(total_iters=9000)])",
    "ChainedScheduler([CosineAnnealingLR(T_max=50, eta_min=0.001), ConstantLR(total_iters=9)])",
    "LambdaLR(lr_lambda='1 if epoch % 1000 < 3 else 0.1')",
    "Formula('base_lr * abs(sin(t))')",
]
PLANS = [parse_plan(f"lr=0.1 {text} per iteration") for text in LONG]
RUNS = [(plan, N, 1) for plan in PLANS] + [
    (parse_plan(text), steps, per) for text in SAMPLES for steps, per in ((997, 7), (40, 1))
]
RUNS += [(parse_plan(plan.text.removesuffix(" per iteration")), N, 7) for plan in PLANS[::3]]


def curve(plan: Plan, steps: int, per_epoch: int) -> np.ndarray:
    return plan.lr(np.arange(steps), per_epoch)


def name(value: object) -> str | None:
    return value.text[:60] if isinstance(value, Plan) else None


def _some_of_each(
    steps: int, per: int, size: int, gamma: float, share: float, power: float
) -> tuple[list[Plan], int, int]:
    texts = (
        f"StepLR(step_size={size}, gamma={gamma})",
        f"InverseTimeDecay(lr_decay={gamma})",
        f"CosineAnnealingLR(T_max={size * share}, eta_min={gamma})",
        f"PolynomialLR(total_iters={size}, power={power})",
        f"CosineCycles(T={size * share}, cycle_limit=None, cycle_decay={gamma}, cycle_mul={1 + power})",
        (
            f"CyclicLR(max_lr=1, step_size_up={size}, step_size_down={steps % 7}, mode='exp_range',"
            f" gamma={gamma ** (1 / size)})"
        ),
        f"SequentialLR([LinearLR(total_iters={size}), PowerLaw(power={power})], milestones=[{size}])",
        f"PolynomialDecay(decay_steps={size % 30 + 1}, power={power}, cycle=True)",
    )
    clocks = ("", " per iteration")
    return [parse_plan(f"lr=0.5 {text}{clock}") for text in texts for clock in clocks], steps, per


ANY_PARAMETERS = st.builds(
    _some_of_each,
    steps=st.integers(1, 30_000),
    per=st.integers(1, 50),
    size=st.integers(1, 9000),
    gamma=st.floats(1e-3, 1.0),
    share=st.floats(1e-4, 2.0),
    power=st.floats(0.0, 4.0),
)
