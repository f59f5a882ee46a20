"""All numbers of one plan over one run, as a table shows them."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.analysis.crossings import half_life, peak
from lrcore.analysis.long_run import Verdict, robbins_monro
from lrcore.analysis.run import Run
from lrcore.analysis.sums.budget import budget, spent_by
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
    return lr_at(plan, Run.of(steps, steps_per_epoch).steps - 1, steps_per_epoch)


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
