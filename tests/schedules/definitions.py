"""Schedules that torch does not have, written out once more from their sources, one step at a time."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

B = 0.2


def ramp(t: int, w: int, start: float = 0.0) -> float:
    return B * (start + (1 - start) * t / w)


def cosine(x: float) -> float:
    return (1 + math.cos(math.pi * min(x, 1.0))) / 2


def timm_cycle(t: int, length: int, mul: float) -> tuple[int, float, float]:
    """The loop that timm's and keras' logarithms stand for."""
    i, size, place = 0, float(length), float(t)
    while place >= size:
        place -= size
        size *= mul
        i += 1
    return i, place, size


def timm_cosine(t: int) -> float:
    i, u, size = timm_cycle(t, 10, 1.5)
    return 0.01 + (B * 0.8**i - 0.01) * cosine((u / size) ** 2) if i < 3 else 0.01


def keras_restarts(t: int) -> float:
    i, u, size = timm_cycle(t, 8, 2.5)
    return B * ((1 - 0.1) * 0.7**i * cosine(u / size) + 0.1)


def fairseq_cosine(t: int) -> float:
    i, u, size = timm_cycle(t, 8, 2)
    return 0.5**i * (0.01 + (B - 0.01) * cosine(u / size))


def keras_polynomial_cycle(t: int) -> float:
    deadline = 12 * max(1, math.ceil(t / 12))
    return 0.01 + (B - 0.01) * (1 - t / deadline) ** 0.5


def timm_wsd(t: int) -> float:
    w, total, d, low, tau = 5, 40, 10, 0.02, 20.0
    if t < w:
        return 0.01 + t * (B - 0.01) / w
    stable = max(B * (1 + (t - w) / tau) ** -0.5, low)
    y = min(max((t - w - (total - d)) / d, 0), 1)
    return low + (stable - low) * (1 - math.sqrt(y))


def transformers_wsd(t: int) -> float:
    w, stable, d, r = 6, 20, 10, 0.1
    if t < w:
        return B * ((1 - math.cos(math.pi * t / w)) / 2 * (1 - r) + r)
    y = min(max((t - w - stable) / d, 0), 1)
    return B * (cosine(y) * (1 - r) + r)


def tri_stage(t: int) -> float:
    if t < 4:
        return B * (0.05 + 0.95 * t / 4)
    if t < 14:
        return B
    return B * math.exp(math.log(0.1) / 20 * (t - 14)) if t <= 34 else B * 0.1


def optax_exponential(t: int) -> float:
    return B if t <= 3 else max(B * 0.5 ** math.floor((t - 3) / 4), 0.03)


def transformers_inverse_sqrt(t: int) -> float:
    return B * t / 5 if t < 5 else B / math.sqrt((t + 30 - 5) / 30)


def warmup_with_min_lr(t: int) -> float:
    """transformers' cosine_warmup_with_min_lr: the ramp and the cosine are one step ahead."""
    return B * (t + 1) / 5 if t < 5 else B * ((1 + math.cos(math.pi * (t - 5 + 1) / 20)) / 2 * 0.9 + 0.1)


def optax_sgdr(t: int) -> float:
    """Two warm-up-cosine pieces end to end, with peaks of their own."""
    if t < 10:
        return t / 4 * B if t < 4 else B * cosine((t - 4) / 6)
    return (t - 10) / 5 * B / 2 if t < 15 else B / 2 * cosine((t - 15) / 15)


CASES: list[tuple[str, Callable[[int], float]]] = [
    (
        "CosineCycles(T=10, eta_min=0.01, cycle_mul=1.5, cycle_decay=0.8, cycle_limit=3, k_decay=2)",
        timm_cosine,
    ),
    (
        (
            "CosineCycles(T=8, min_ratio=0.1, cycle_mul=2.5, cycle_decay=0.7, cycle_limit=None,"
            " decay_of='swing')"
        ),
        keras_restarts,
    ),
    (
        "CosineCycles(T=8, eta_min=0.01, cycle_mul=2, cycle_decay=0.5, cycle_limit=None, decay_of='all')",
        fairseq_cosine,
    ),
    ("CosineCycles(T=30, min_ratio=0.2, exponent=3)", lambda t: B * (0.8 * cosine(t / 30) ** 3 + 0.2)),
    (
        "CosineCycles(T=9, cycle_limit=4)",
        lambda t: B * (1 + math.cos(math.pi * ((t / 9) % 1))) / 2 if t < 36 else 0.0,
    ),
    (
        "PolynomialCycles(T=20, power=2, eta_min=0.05, k_decay=1.5)",
        lambda t: 0.05 + 0.15 * (1 - min(t / 20, 1) ** 1.5) ** 2,
    ),
    (
        "TanhDecay(T=30, lb=-6, ub=4, eta_min=0.01)",
        lambda t: 0.01 + 0.19 * (1 - math.tanh(-6 * (1 - t / 30) + 4 * t / 30)) / 2 if t < 30 else 0.01,
    ),
    ("PolynomialDecay(decay_steps=12, end_lr=0.01, power=0.5, cycle=True)", keras_polynomial_cycle),
    (
        "PolynomialDecay(decay_steps=12, end_lr=0.5, power=2)",
        lambda t: 0.5 + (B - 0.5) * (1 - min(t, 12) / 12) ** 2,
    ),
    (
        (
            "WarmupStableDecay(total_steps=45, warmup_steps=5, decay_steps=10, start_ratio=0.05,"
            " min_ratio=0.1, stable_shape='power', timescale=20)"
        ),
        timm_wsd,
    ),
    (
        (
            "WarmupStableDecay(total_steps=36, warmup_steps=6, decay_steps=10, warmup_shape='cosine',"
            " decay_shape='cosine', start_ratio=0.1, min_ratio=0.1)"
        ),
        transformers_wsd,
    ),
    (
        "WarmupStableDecay(total_steps=40, decay_steps=10, decay_shape='exp', decay_base=0.2)",
        lambda t: B * (0.2 ** min(max((t - 30) / 10, 0), 1) - 0.2) / 0.8,
    ),
    (
        "WarmupStableDecay(total_steps=40, decay_steps=10, decay_shape='power', decay_power=2)",
        lambda t: B * (1 - min(max((t - 30) / 10, 0), 1) ** 2),
    ),
    (
        "TriStage(warmup_steps=4, hold_steps=10, decay_steps=20, init_lr_scale=0.05, final_lr_scale=0.1)",
        tri_stage,
    ),
    (
        "ExponentialDecay(decay_steps=4, decay_rate=0.5, staircase=True, begin=3, end_lr=0.03)",
        optax_exponential,
    ),
    (
        "ExponentialDecay(decay_steps=2.5, decay_rate=1.5, end_lr=0.9)",
        lambda t: min(B * 1.5 ** (t / 2.5), 0.9),
    ),
    ("InverseSqrt(warmup_steps=5, timescale=30)", transformers_inverse_sqrt),
    ("InverseSqrt(warmup_steps=8)", lambda t: ramp(t, 8) if t < 8 else B * math.sqrt(8) / math.sqrt(t)),
    ("InverseSqrt(warmup_steps=0)", lambda t: B / math.sqrt((t + 10_000) / 10_000)),
    (
        "Noam(d_model=64, warmup_steps=10, factor=2)",
        lambda t: B * 2 * 64**-0.5 * min((t + 1) ** -0.5, (t + 1) * 10**-1.5),
    ),
    ("REX(total_steps=30)", lambda t: B * (1 - min(t, 30) / 30) / (0.5 + 0.5 * (1 - min(t, 30) / 30))),
    ("PowerLaw(power=0.75)", lambda t: B * (t + 1) ** -0.75),
    (
        "Warmup(CosineAnnealingLR(T_max=20), warmup_steps=5)",
        lambda t: ramp(t, 5) if t < 5 else B * (1 + math.cos(math.pi * (t - 5) / 20)) / 2,
    ),
    (
        "Warmup(StepLR(step_size=8, gamma=0.5), warmup_steps=5, shift=0, start_factor=0.1)",
        lambda t: ramp(t, 5, 0.1) if t < 5 else B * 0.5 ** (t // 8),
    ),
    (
        "Warmup(Constant(), warmup_steps=6, shape='constant', start_factor=0.1)",
        lambda t: 0.1 * B if t < 6 else B,
    ),
    (
        "Warmup(Constant(), warmup_steps=6, shape='1-sqrt')",
        lambda t: B * (1 - math.sqrt(1 - t / 6)) if t < 6 else B,
    ),
    (
        (
            "Warmup(CosineCycles(T=20, min_ratio=0.1, cycle_limit=None), warmup_steps=5, start_factor=0.2,"
            " end_factor=1.2, shift=4)"
        ),
        lambda t: (
            warmup_with_min_lr(t)
            if t < 24
            else B * (0.9 * (1 + math.cos(math.pi * ((t - 4) % 20) / 20)) / 2 + 0.1)
        ),
    ),
    (
        (
            "SequentialLR([Warmup(CosineCycles(T=6), warmup_steps=4), Scaled(Warmup(CosineCycles(T=15),"
            " warmup_steps=5), factor=0.5)], milestones=[10])"
        ),
        optax_sgdr,
    ),
    (
        "Piecewise([[0, 0.1], [10, 0.3], [30, 0]])",
        lambda t: float(np.interp(t, [0, 10, 30], [0.1, 0.3, 0.0])),
    ),
    (
        "Piecewise([[5, 0.1], [15, 0.3]], interpolation='cosine', relative=True)",
        lambda t: B * (0.1 + 0.2 * (1 - math.cos(math.pi * min(max((t - 5) / 10, 0), 1))) / 2),
    ),
    (
        "Piecewise([[0, 1], [7, 0.1], [7, 0.2], [12, 0.05]], interpolation='constant')",
        lambda t: 1 if t < 7 else 0.2 if t < 12 else 0.05,
    ),
    ("InverseTimeDecay(lr_decay=0.25, staircase=True, decay_steps=3)", lambda t: B / (1 + 0.75 * (t // 3))),
]
