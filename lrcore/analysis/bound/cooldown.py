"""The bound against the length of the cooldown: a constant rate that falls to 0 over the last share of the
run."""

from __future__ import annotations

from typing import Literal

from lrcore.analysis.bound.terms import convex_bound
from lrcore.plan import Plan
from lrcore.schedules.wsd import WarmupStableDecay

Shape = Literal["linear", "1-sqrt"]
FRACTIONS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def cooldown(ticks: int, fraction: float, shape: Shape = "linear") -> WarmupStableDecay:
    """A constant rate that falls to 0 over the last `fraction` of so many ticks.

    >>> cooldown(10, 0.4).lr([5, 6, 7, 9], 1.0)
    array([1.  , 1.  , 0.75, 0.25])
    """
    length = min(max(1, round(fraction * ticks)), ticks)
    return WarmupStableDecay(total_steps=ticks, decay_steps=length, decay_shape=shape)


def cooldown_bound(steps: int, fraction: float, shape: Shape = "linear") -> float:
    r"""$\Omega^*$ of N = `steps` updates, each cooldown at its own best base lr; in units of D G.

    >>> [round(cooldown_bound(400, fraction), 4) for fraction in (0.05, 0.2, 1.0)]
    [0.1236, 0.1093, 0.1006]

    Source: Schaipp et al., arXiv 2501.18965, section 5.
    """
    return convex_bound(
        Plan(base_lr=1.0, schedule=cooldown(steps, fraction, shape), clock="iteration"), steps
    ).best
