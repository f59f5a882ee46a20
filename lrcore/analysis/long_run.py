"""The Robbins-Monro conditions, decided by rule for each kind of schedule: what its sums do as t goes to
infinity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.shapes.cycles import CyclingDescent


@dataclass(frozen=True)
class Verdict:
    """Does the sum of lr diverge, does the sum of lr squared converge, are both so; None where it is not
    decided; and why."""

    sum_diverges: bool | None
    squares_converge: bool | None
    reason: str

    @property
    def both(self) -> bool | None:
        """Both conditions; False as soon as one of them fails."""
        if self.sum_diverges is False or self.squares_converge is False:
            return False
        return None if self.sum_diverges is None or self.squares_converge is None else True


def robbins_monro(plan: Plan) -> Verdict:
    r"""Whether $\sum_t \eta_t = \infty$ and $\sum_t \eta_t^2 < \infty$, for t to infinity: the conditions of
    Robbins & Monro.

    Decided from the schedule's kind and parameters, not from numbers. A sequence is judged by its last part,
    a warm-up by what follows it. A formula, a chain that is no plain product and a schedule that follows a
    metric are not decided (None). The conditions are about t to infinity with noisy gradients; they do not
    rank finite runs.

    >>> from lrcore.plan import parse_plan
    >>> robbins_monro(parse_plan("lr=0.1 InverseTimeDecay(lr_decay=0.01)")).both
    True

    Source: Robbins & Monro, A stochastic approximation method, 1951.
    """
    return _judge(plan.schedule, plan.base_lr)


def _floor(rate: float) -> Verdict:
    return Verdict(
        True, False, f"The rate never falls below {rate:.3g} in the end, so both sums grow without end."
    )


def _finite(what: str) -> Verdict:
    return Verdict(False, True, what)


def _ended(step: str) -> Verdict:
    return _finite(
        f"The rate is 0 from {step} on: the sums are finite, and the conditions, which are about t to"
        " infinity, do not apply."
    )


_YES = "The rate falls like {}: its sum grows without end, the sum of its squares does not."
_SLOW = "The rate falls like {}: both sums grow without end, that of the squares {}."
_FLAT = Verdict(True, False, "The rate stays at a constant in the end, so both sums grow without end.")
_CYCLES = Verdict(True, False, "The rate comes back again and again, so both sums grow without end.")
_GROWS = Verdict(True, False, "The rate grows, so both sums grow without end.")


def _power(p: float, t: str = "t") -> Verdict:
    if p == 0:
        return _FLAT
    if p > 1:
        return _finite(
            f"The rate falls like {t}^-{p:g}, faster than 1/{t}: the sum is finite, and with it the reach."
        )
    if p > 0.5:
        return Verdict(True, True, _YES.format(f"1/{t}" if p == 1 else f"{t}^-{p:g}"))
    return Verdict(
        True, False, _SLOW.format(f"{t}^-{p:g}", "like a logarithm" if p == 0.5 else "like a power")
    )


def _geometric(factor: float, base_lr: float, tread: float) -> Verdict:
    if factor == 1:
        return _FLAT
    if factor > 1:
        return _GROWS
    reach = base_lr * tread / (1.0 - factor)
    return _finite(
        f"The sum is finite, {reach:.4g}: with gradients of bounded length the weights have a finite reach."
    )


def _exponential_decay(s: Any, b: float) -> Verdict:
    if s.end_lr and s.decay_rate != 1:
        return _floor(min(s.end_lr, b) if s.decay_rate > 1 else s.end_lr)
    if s.end_lr == 0 and s.decay_rate >= 1:
        return _ended("the start")
    if s.staircase:
        return _geometric(s.decay_rate, b, s.decay_steps)
    return _geometric(s.decay_rate ** (1.0 / s.decay_steps), b, 1.0)


def _polynomial_decay(s: Any, b: float) -> Verdict:
    if s.end_lr > 0:
        return _floor(s.end_lr)
    if s.power == 0:
        return _FLAT
    if (
        not s.cycle or (1.0 / s.decay_steps).is_integer()
    ):  # teeth shorter than a step are met at their ends only
        return _ended(f"step {s.decay_steps:g}")
    return _power(s.power, "k")


def _cycling(s: CyclingDescent, b: float) -> Verdict:
    floor = s._floor(b)
    if s.cycle_limit is not None:
        return _floor(floor) if floor > 0 else _ended("the end of its last cycle")
    if s.cycle_decay == 1 or (floor > 0 and s.decay_of != "all"):
        return _CYCLES
    reach, squares = s.cycle_mul * s.cycle_decay, s.cycle_mul * s.cycle_decay**2
    each = (
        f"each cycle is {s.cycle_mul:g} times as long and {s.cycle_decay:g} times as high as the one before"
    )
    if reach < 1:
        return _finite(f"The sum is finite: {each}.")
    ends = "that of the squares is finite" if squares < 1 else "so is that of the squares"
    return Verdict(True, squares < 1, f"The sum is infinite, {ends}: {each}.")


def _cyclic(s: Any, b: float) -> Verdict:
    low = b if s.base_lr is None else s.base_lr
    down = s.step_size_up if s.step_size_down is None else s.step_size_down
    fades = s.mode == "triangular2" or (s.mode == "exp_range" and s.gamma < 1)
    if low == 0 and s.step_size_up + down < 2:
        return _ended("the start")
    if low > 0 and (fades or s.max_lr > 0):
        return _floor(min(low, s.max_lr) if not fades else low)
    return (
        _finite("The swing shrinks geometrically towards 0: the sum is finite.")
        if fades or (s.max_lr == 0 and low == 0)
        else _CYCLES
    )


def _chain(s: ChainedScheduler, b: float) -> Verdict:
    if len(s.schedulers) == 1:
        return _judge(s.schedulers[0], b)
    verdicts = [_judge(part, 1.0) for part in s.schedulers]
    if s.scales_until() == float("inf"):
        if any(v is _GROWS or v.sum_diverges is None for v in verdicts):
            return _undecided(s)
        for v in verdicts:
            if v.sum_diverges is False:
                return _finite(f"One factor is enough, the others are bounded. {v.reason}")
        fading = [v for v in verdicts if v not in (_FLAT, _CYCLES) and v.squares_converge is not False]
        steady = [v for v in verdicts if v is _FLAT or v.reason.startswith("The rate never falls")]
        if len(fading) == 1 and len(steady) == len(verdicts) - 1:
            return fading[0]
        if len(steady) == len(verdicts):
            return _FLAT
    return _undecided(s)


def _undecided(s: Schedule) -> Verdict:
    return Verdict(None, None, f"Not decided: there is no rule for {s.kind} with these parameters.")


def _judge(s: Schedule, base_lr: float) -> Verdict:
    if isinstance(s, CyclingDescent):
        return _cycling(s, base_lr)
    rule = _RULES.get(s.kind)
    return _undecided(s) if rule is None else rule(s, base_lr)


_RULES: dict[str, Callable[[Any, float], Verdict]] = {
    "Constant": lambda s, b: _FLAT,
    "ConstantLR": lambda s, b: _FLAT,
    "MultiStepLR": lambda s, b: _floor(b * s.gamma ** len(s.milestones)) if s.gamma < 1 else _FLAT,
    "StepLR": lambda s, b: _geometric(s.gamma, b, s.step_size),
    "ExponentialLR": lambda s, b: _geometric(s.gamma, b, 1.0),
    "ExponentialDecay": _exponential_decay,
    "InverseTimeDecay": lambda s, b: Verdict(True, True, _YES.format("1/t")) if s.lr_decay > 0 else _FLAT,
    "PowerLaw": lambda s, b: _power(s.power),
    "InverseSqrt": lambda s, b: _power(0.5),
    "Noam": lambda s, b: _power(0.5),
    "LinearLR": lambda s, b: (
        _floor(b * s.end_factor) if s.end_factor > 0 else _ended(f"step {s.total_iters}")
    ),
    "PolynomialLR": lambda s, b: _ended(f"step {s.total_iters}") if s.power > 0 else _FLAT,
    "PolynomialDecay": _polynomial_decay,
    "REX": lambda s, b: _ended(f"step {s.total_steps}"),
    "CosineAnnealingLR": lambda s, b: _CYCLES,
    "CosineAnnealingWarmRestarts": lambda s, b: _CYCLES,
    "CyclicLR": _cyclic,
    "OneCycleLR": lambda s, b: _floor(s.max_lr / s.div_factor / s.final_div_factor),
    "Piecewise": lambda s, b: (
        _floor(s.points[-1][1] * (b if s.relative else 1.0))
        if s.points[-1][1] > 0
        else _ended(f"step {s.points[-1][0]:g}")
    ),
    "SWALR": lambda s, b: _floor(s.swa_lr) if s.swa_lr > 0 else _ended(f"step {s.anneal_epochs}"),
    "TriStage": lambda s, b: _floor(b * s.final_lr_scale),
    "WarmupStableDecay": lambda s, b: (
        _floor(b * s.min_ratio) if s.min_ratio > 0 else _ended(f"step {s.total_steps}")
    ),
    "Scaled": lambda s, b: _judge(s.schedule, b * s.factor),
    "Warmup": lambda s, b: _judge(s.schedule, b),
    "SequentialLR": lambda s, b: _judge(s.schedulers[-1], b),
    "ChainedScheduler": _chain,
}
