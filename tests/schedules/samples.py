"""At least one plan of every registered schedule, as text; the contract tests run over all of them."""

from __future__ import annotations

from lrcore import Plan, parse_plan
from lrcore.schedules import SCHEDULES

_CHOSEN = [
    "lr=0.3",
    "lr=0.1 ConstantLR(factor=0.5, total_iters=7)",
    "lr=0.1 LinearLR(start_factor=0.25, total_iters=9)",
    "lr=0.1 ExponentialLR(gamma=0.99)",
    "lr=0.1 ExponentialDecay(decay_steps=7, decay_rate=0.5, staircase=True, begin=3)",
    "lr=0.1 ExponentialDecay(decay_steps=2.5, decay_rate=0.5, staircase=True, end_lr=0.001)",
    "lr=0.1 PolynomialLR(total_iters=30, power=2)",
    "lr=0.1 PolynomialDecay(decay_steps=12, end_lr=0.01, power=0.5, cycle=True)",
    "lr=0.1 PolynomialCycles(T=10, cycle_mul=1.5, cycle_limit=3)",
    "lr=0.05 StepLR(step_size=30, gamma=0.1)",
    "lr=0.1 MultiStepLR(milestones=[5, 20, 20], gamma=0.5)",
    "lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration",
    "lr=0.1 InverseTimeDecay(lr_decay=0.3, staircase=True)",
    "lr=0.1 CosineAnnealingLR(T_max=25, eta_min=0.001)",
    "lr=0.1 CosineAnnealingWarmRestarts(T_0=5, T_mult=2)",
    (
        "lr=0.1 CosineCycles(T=10, min_ratio=0.1, cycle_mul=2.5, cycle_decay=0.7, cycle_limit=None,"
        " decay_of='swing', exponent=2)"
    ),
    "lr=0.1 CyclicLR(max_lr=0.5, step_size_up=7, step_size_down=3, mode='triangular2')",
    "lr=0.1 CyclicLR(base_lr=0.01, max_lr=0.5, step_size_up=4, mode='exp_range', gamma=0.99)",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40, three_phase=True)",
    "lr=0.1 SWALR(swa_lr=0.02, anneal_epochs=10)",
    "lr=0.1 Warmup(CosineAnnealingLR(T_max=25), warmup_steps=5)",
    (
        "lr=0.1 Warmup(StepLR(step_size=4, gamma=0.5), warmup_steps=6, shape='cosine', start_factor=0.1,"
        " shift=0)"
    ),
    "lr=0.1 Scaled(InverseSqrt(warmup_steps=5), factor=3)",
    "lr=0.1 InverseSqrt(warmup_steps=5, timescale=50, start_factor=0.1)",
    "lr=1 Noam(d_model=64, warmup_steps=10)",
    "lr=0.1 WarmupStableDecay(total_steps=40, warmup_steps=5, decay_steps=10, decay_shape='1-sqrt')",
    (
        "lr=0.1 WarmupStableDecay(total_steps=40, warmup_steps=5, decay_steps=9, decay_shape='exp',"
        " stable_shape='power', min_ratio=0.1)"
    ),
    "lr=0.1 REX(total_steps=30)",
    "lr=0.1 TriStage(warmup_steps=4, hold_steps=10, decay_steps=20)",
    "lr=0.1 TanhDecay(T=30, lb=-7, ub=3)",
    "lr=0.1 PowerLaw(power=0.75)",
    "lr=0.1 Piecewise([[0, 0], [10, 0.5], [30, 0.05]], interpolation='linear')",
    "lr=0.1 Piecewise([[5, 1], [20, 0.1]], interpolation='constant', relative=True)",
    "lr=0.1 Formula('lr / (1.0 + lr_decay * iteration_count)', parameters={'lr_decay': 0.01})",
    "lr=0.1 Formula('base_lr * (1 + cos(pi * t / T)) / 2 if t < T else 0', T=30)",
    "lr=0.1 LambdaLR(lr_lambda='0.95 ** epoch')",
    "lr=0.1 MultiplicativeLR(lr_lambda='0.9 if epoch % 5 == 0 else 1.0')",
    (
        "lr=0.1 SequentialLR([LinearLR(start_factor=0.1, total_iters=5), CosineAnnealingLR(T_max=25)],"
        " milestones=[5])"
    ),
    (
        "lr=0.1 SequentialLR([StepLR(step_size=4, gamma=0.5), SequentialLR([Constant(), SWALR(swa_lr=0.01,"
        " anneal_epochs=4)], milestones=[6])], milestones=[9])"
    ),
    "lr=0.1 ChainedScheduler([ConstantLR(factor=0.1, total_iters=20), ExponentialLR(gamma=0.9)])",
    "lr=0.1 ChainedScheduler([StepLR(step_size=9, gamma=0.5), CosineAnnealingLR(T_max=10, eta_min=0.001)])",
]

_KINDS = {parse_plan(text).schedule.kind for text in _CHOSEN}
# A new kind is tested before anybody has chosen its corners: as it begins when a person selects it.
_STARTING = [
    Plan(base_lr=0.1, schedule=cls.starting(0.1, 40)).text
    for kind, cls in SCHEDULES.items()
    if kind not in _KINDS
]
SAMPLES = [*_CHOSEN, *_STARTING]
