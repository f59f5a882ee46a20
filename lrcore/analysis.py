r"""What a plan amounts to, in numbers: read-outs, budgets, the Robbins-Monro verdict, matching, and the two
clocks.

Every function takes (plan, steps, steps_per_epoch=1) like `Plan.lr` and speaks of the discrete updates n = 0
.. N - 1 with N = `steps`: the last rate that is used is that of N - 1. Nothing is evaluated step by step
where the curve's structure is known, so that ten million updates cost about as much as a thousand.

| function | what it gives |
| --- | --- |
| `lr_at`, `final_lr`, `peak` | $\eta_n$; $\eta_{N-1}$; $\max_n \eta_n$ and its first update |
| `first_below`, `half_life` | $\min \{n : \eta_n < v\}$; updates from the peak p to $\eta_n \le \eta_p/2$ |
| `budget`, `budget_share`,
`spent_by` | $\sum \eta_n$ and $\sum \eta_n^2$; the share spent before n; the n that has spent a share |
| `robbins_monro` | whether $\sum \eta = \infty$ and $\sum \eta^2 < \infty$ |
| `readout` | all of these at once, for a table |
| `match` | the plan of another kind with the same end, budget, half-life or curve |
| `to_iterations`, `to_epochs`, `updates_per_epoch`, `wrong_clock` | epochs and iterations |
"""

from __future__ import annotations

from dataclasses import dataclass

from lrcore._budget import Budget, budget, budget_share, spent_by
from lrcore._clocks import to_epochs, to_iterations, updates_per_epoch, wrong_clock, wrong_clock_sentence
from lrcore._matching import By, Match, match
from lrcore._search import Peak, first_below, half_life, peak
from lrcore._verdict import Verdict, robbins_monro
from lrcore.errors import PlanError
from lrcore.plan import Plan


@dataclass(frozen=True)
class Readout:
    """The numbers of one plan over a run of `steps` updates.

    Rates are in lr, counts in updates, `total` in lr x updates, `squares` in lr^2 x updates; `mean` = total /
    steps. `half_spent` is how many updates have spent half of the total, `half_spent_share` the same as a
    share of the run.
    """

    steps: int
    first_lr: float
    final_lr: float
    peak_lr: float
    peak_step: int
    half_life: int | None
    total: float
    squares: float
    mean: float
    half_spent: int
    half_spent_share: float
    how: str
    verdict: Verdict


def lr_at(plan: Plan, step: int, steps_per_epoch: int = 1) -> float:
    r"""$\eta_n$: the rate of the update number n = `step`, counted from 0. PlanError for a negative step.

    >>> from lrcore.plan import parse_plan
    >>> lr_at(parse_plan("lr=0.1 StepLR(step_size=2, gamma=0.5)"), 3)
    0.05
    """
    return float(plan.lr(step, steps_per_epoch))


def final_lr(plan: Plan, steps: int, steps_per_epoch: int = 1) -> float:
    r"""$\eta_{N-1}$: the last rate that a run of N = `steps` updates uses. PlanError for no steps.

    >>> from lrcore.plan import parse_plan
    >>> final_lr(parse_plan("lr=1 StepLR(step_size=30, gamma=0.1)"), 90)
    0.010000000000000002
    """
    if steps < 1:
        raise PlanError(f"A run has at least 1 step, but {steps!r} arrived.")
    return lr_at(plan, steps - 1, steps_per_epoch)


def readout(plan: Plan, steps: int, steps_per_epoch: int = 1) -> Readout:
    r"""All numbers of a plan over the updates 0 .. N - 1, as a page's table shows them. PlanError as its
    parts raise it.

    >>> from lrcore.plan import parse_plan
    >>> numbers = readout(parse_plan("lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration"), 160_000)
    >>> numbers.half_life, round(numbers.total, 3), numbers.half_spent_share, numbers.verdict.both
    (20000, 4.394, 0.25, True)
    """
    spent = budget(plan, steps, steps_per_epoch)
    top = peak(plan, steps, steps_per_epoch)
    half = spent_by(plan, 0.5, steps, steps_per_epoch)
    return Readout(
        steps=steps,
        first_lr=lr_at(plan, 0, steps_per_epoch),
        final_lr=final_lr(plan, steps, steps_per_epoch),
        peak_lr=top.lr,
        peak_step=top.step,
        half_life=half_life(plan, steps, steps_per_epoch),
        total=spent.total,
        squares=spent.squares,
        mean=spent.total / steps,
        half_spent=half,
        half_spent_share=half / steps,
        how=spent.how,
        verdict=robbins_monro(plan),
    )


__all__ = [
    "Budget",
    "By",
    "Match",
    "Peak",
    "Readout",
    "Verdict",
    "budget",
    "budget_share",
    "final_lr",
    "first_below",
    "half_life",
    "lr_at",
    "match",
    "peak",
    "readout",
    "robbins_monro",
    "spent_by",
    "to_epochs",
    "to_iterations",
    "updates_per_epoch",
    "wrong_clock",
    "wrong_clock_sentence",
]
