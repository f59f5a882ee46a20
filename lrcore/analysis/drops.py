"""The drops of a staircase in words: by what, and at which updates."""

from __future__ import annotations

import numpy as np

from lrcore.analysis.run import Run
from lrcore.plan import Plan

_TOLD = 4
_LOOKED_AT = 64  # knots of each kind, from the beginning


def drops_told(plan: Plan, steps: int, steps_per_epoch: int = 1) -> str:
    """Where the rate of a staircase falls within N = `steps` updates, the first four; "" for other curves.

    >>> from lrcore.plan import parse_plan
    >>> drops_told(parse_plan("lr=0.3 StepLR(step_size=500, gamma=0.5) per iteration"), 2000)
    '× 0.5 at update 500, 1,000, 1,500'
    """
    if not plan.schedule.flat:
        return ""
    run = Run.of(steps, steps_per_epoch)
    stride, ticks = run.stride(plan.clock), run.ticks(plan.clock)
    knots = [tick for sequence in plan.schedule.knots(ticks) for tick in sequence[:_LOOKED_AT]]
    edges = np.unique(np.array([tick for tick in knots if 0 < tick < ticks], dtype=np.int64))
    before, after = (plan.lr(at * stride, steps_per_epoch) for at in (edges - 1, edges))
    falls = after < before
    at, factors = (edges[falls] * stride).tolist(), (after[falls] / before[falls]).tolist()
    if not at:
        return ""
    more = ", …" if len(at) > _TOLD else ""
    shown = [f"{factor:.3g}" for factor in factors]
    if len(set(shown)) == 1:
        return f"× {shown[0]} at update {', '.join(f'{update:,}' for update in at[:_TOLD])}{more}"
    told = [f"× {factor} at {update:,}" for factor, update in zip(shown, at, strict=True)]
    return ", ".join(told[:_TOLD]) + more
