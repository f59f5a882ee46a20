"""The Robbins-Monro conditions: what the sums of a schedule do as t goes to infinity, by what it says of its
long run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from lrcore.plan import Plan
from lrcore.schedules.shapes.tails import (
    Bounded,
    Cycles,
    Fades,
    Geometric,
    Grows,
    Power,
    Product,
    Rests,
    Returns,
    Stays,
    Tail,
    Unknown,
)


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

    Decided from what the schedule says of its long run, not from numbers. A sequence is judged by its last
    part, a warm-up by what follows it. A formula, a chain that is no plain product and a schedule that
    follows a metric are not decided (None). The conditions are about t to infinity with noisy gradients; they
    do not rank finite runs.

    >>> from lrcore.plan import parse_plan
    >>> robbins_monro(parse_plan("lr=0.1 InverseTimeDecay(lr_decay=0.01)")).both
    True

    Source: Robbins & Monro, A stochastic approximation method, 1951.
    """
    return _judge(plan.schedule.tail(plan.base_lr))


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


def _power(p: float, t: str) -> Verdict:
    if p > 1:
        return _finite(
            f"The rate falls like {t}^-{p:g}, faster than 1/{t}: the sum is finite, and with it the reach."
        )
    if p > 0.5:
        return Verdict(True, True, _YES.format(f"1/{t}" if p == 1 else f"{t}^-{p:g}"))
    return Verdict(
        True, False, _SLOW.format(f"{t}^-{p:g}", "like a logarithm" if p == 0.5 else "like a power")
    )


def _geometric(rate: float, factor: float, every: float) -> Verdict:
    reach = rate * every / (1.0 - factor)
    return _finite(
        f"The sum is finite, {reach:.4g}: with gradients of bounded length the weights have a finite reach."
    )


def _cycles(longer: float, higher: float) -> Verdict:
    reach, squares = longer * higher, longer * higher**2
    each = f"each cycle is {longer:g} times as long and {higher:g} times as high as the one before"
    if reach < 1:
        return _finite(f"The sum is finite: {each}.")
    ends = "that of the squares is finite" if squares < 1 else "so is that of the squares"
    return Verdict(True, squares < 1, f"The sum is infinite, {ends}: {each}.")


def _product(tail: Product) -> Verdict:
    verdicts = [_judge(factor) for factor in tail.factors]
    if any(v is _GROWS or v.sum_diverges is None for v in verdicts):
        return _undecided(tail.kind)
    for v in verdicts:
        if v.sum_diverges is False:
            return _finite(f"One factor is enough, the others are bounded. {v.reason}")
    steady = [isinstance(factor, Stays | Rests | Bounded) for factor in tail.factors]
    if all(steady):
        return _FLAT
    moving = [v for v, still in zip(verdicts, steady, strict=True) if not still]
    if len(moving) == 1 and moving[0].squares_converge:
        return moving[0]
    return _undecided(tail.kind)


def _undecided(kind: str) -> Verdict:
    return Verdict(None, None, f"Not decided: there is no rule for {kind} with these parameters.")


def _judge(tail: Tail) -> Verdict:
    match tail:
        case Stays():
            return _FLAT
        case Bounded(rate=rate):
            return _floor(rate)
        case Rests(rate=rate) if rate > 0:
            return _floor(rate)
        case Rests(start=start, ends=ends):
            return _ended("the end of its last cycle" if ends == "cycles" else _step(start))
        case Geometric(rate=rate, factor=factor, every=every):
            return _geometric(rate, factor, every)
        case Power(exponent=exponent, of=of):
            return _power(exponent, of)
        case Grows():
            return _GROWS
        case Returns():
            return _CYCLES
        case Fades():
            return _finite("The swing shrinks geometrically towards 0: the sum is finite.")
        case Cycles(longer=longer, higher=higher):
            return _cycles(longer, higher)
        case Product():
            return _product(tail)
        case Unknown(kind=kind):
            return _undecided(kind)
    assert_never(tail)


def _step(start: float) -> str:
    if start == 0:
        return "the start"
    return f"step {start:g}" if isinstance(start, float) else f"step {start}"
