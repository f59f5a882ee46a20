"""The same shape over another length: a plan of 450,000 updates as one of 2,000."""

from __future__ import annotations

from lrcore.analysis.clock.convert import to_iterations
from lrcore.analysis.clock.ticks import counts_ticks, with_ticks
from lrcore.analysis.run import Run
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import Schedule


def rescale(plan: Plan, old: Run, new: Run) -> Plan:
    """The plan on the clock of updates whose curve over `new` has the shape that this one has over `old`.

    Counts of ticks are multiplied by new.steps / old.steps and rounded to whole updates, at least 1 where
    they were; rates per tick follow. A smooth schedule per epoch, which is a staircase of epochs, becomes the
    smooth curve through them.

    >>> from lrcore.plan import parse_plan
    >>> imagenet = Run(steps=450_360, steps_per_epoch=5004)
    >>> rescale(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)"), imagenet, Run(steps=2000)).text
    'lr=0.1 StepLR(step_size=667, gamma=0.1) per iteration'

    PlanError where the kind has no parameters for another length, or where a metric decides.
    """
    if plan.schedule.listens:
        raise PlanError(
            f"{plan.schedule.kind} counts metrics, which come once an epoch in any run; it is not scaled."
        )
    plan = to_iterations(plan, old.steps_per_epoch)
    ratio = new.steps / old.steps
    return Plan(base_lr=plan.base_lr, schedule=_scaled(plan.schedule, ratio), clock="iteration")


def _scaled(schedule: Schedule, ratio: float) -> Schedule:
    if not schedule.pointwise():
        raise PlanError(
            f"This {schedule.kind} is followed update by update, and what it comes to depends on how many"
            " there are; it is not scaled."
        )
    if type(schedule).model_fields and not (counts_ticks(schedule) or schedule.parts()):
        raise PlanError(
            f"{schedule.kind} has no parameter that counts updates, so it cannot be scaled to another length."
        )
    return with_ticks(
        schedule,
        ratio,
        lambda _, value: max(1, round(value * ratio)) if value > 0 else value,
        lambda part: _scaled(part, ratio),
    )
