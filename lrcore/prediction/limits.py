"""Where the prediction does not hold, each with its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final

from lrcore.experiment import Experiment
from lrcore.plan import Plan
from lrcore.prediction.course import Course

# From one reference the loss was predicted well at half of its rate (R2 .96-.97), less so at twice (.79-.95)
# and not at three times, where training became unstable (-.31).
FACTOR = 2.0
# Of the least budget that was tried, the share down to which ends were still predicted. On the opening
# experiment, of 39 moved plans the 29 above came out 22 % off on average and 52 % at worst, the 10 below 49 %
# and 67 %. The held-out plans of the eight tasks of the benchmark go down to .3.
_TRIED = 0.25
_FALLEN = 0.1  # of the plan's highest rate

EVALUATIONS = 4  # from so many on a run is read

Cause = Literal["reference", "fit", "unstable", "task", "rate", "budget", "momentum", "feedback", "formula"]


@final
@dataclass(frozen=True)
class NotPredicted:
    """Nothing is predicted, and why; `sentence` is for the page."""

    cause: Cause
    sentence: str


NO_REFERENCE = NotPredicted(
    "reference",
    "Nothing is predicted: this run has no plan to read it off, which is one whose rate alone is moved and"
    " known beforehand, is not 0 throughout, loses no seed, and keeps its losses above 0.",
)
TOO_SHORT = NotPredicted(
    "reference",
    f"Nothing is predicted: the run ended before {EVALUATIONS} evaluations, too few to read it off.",
)
NO_FIT = NotPredicted(
    "fit",
    "Nothing is predicted: noise shows where two plans use different rates at one budget, their highest"
    f" within a factor {FACTOR:g}.",
)


def unstable(diverged: int, seeds: int) -> NotPredicted:
    """Every plan lost seeds, at the least so many."""
    return NotPredicted(
        "unstable",
        f"Nothing is predicted: every plan of the run diverged in at least {diverged} of {seeds} seeds. Lower"
        " the rates.",
    )


def another_task(ran: Experiment, moved: Experiment) -> NotPredicted | None:
    """Whether something else than the plans, the steps and the seeds has changed since the run."""
    names = {"data": "data", "model": "model", "optimizer": "optimiser", "batch_size": "batch size"}
    changed = [word for name, word in names.items() if getattr(ran, name) != getattr(moved, name)]
    if not changed:
        return None
    what = " and ".join(filter(None, (", ".join(changed[:-1]), changed[-1])))
    return NotPredicted(
        "task",
        f"Nothing is predicted: the {what} changed since the run. The next run will have something to predict"
        " from.",
    )


def without_a_curve(plan: Plan) -> NotPredicted | None:
    """Whether the plan's rate, or its momentum, is not that of the run."""
    if plan.schedule.listens:
        return NotPredicted(
            "feedback",
            f"Nothing is predicted: {plan.schedule.kind} follows the loss, so its rate is not known before it"
            " has trained.",
        )
    if plan.schedule.momentum(0) is not None:
        return NotPredicted(
            "momentum",
            f"Nothing is predicted: {plan.schedule.kind} moves the momentum too, and the run says only what"
            " the rate does.",
        )
    return None


def all_without_a_curve(plans: Sequence[Plan]) -> NotPredicted | None:
    """Whether every plan of the run follows the loss or sets the momentum, so that none can be read."""
    causes = {None if (found := without_a_curve(plan)) is None else found.cause for plan in plans}
    if None in causes:
        return None
    what = {
        "momentum": "sets the momentum too, and the run does not part what that does from what the rate does",
        "feedback": "follows the loss, so its rate is not known before it has trained",
    }
    both = "follows the loss or sets the momentum too, so none tells what a rate alone does"
    why = both if len(causes) > 1 else what[str(causes.pop())]
    return NotPredicted("reference", f"Nothing is predicted: every plan of the run {why}.")


def too_far(peak: float, reference: float) -> NotPredicted | None:
    """Whether the highest rate of a plan lies outside the factor within which the prediction was tested."""
    if reference / FACTOR <= peak * (1 + 1e-9) and peak <= reference * FACTOR * (1 + 1e-9):
        return None
    side = "below half of" if peak < reference else "above twice"
    return NotPredicted(
        "rate",
        f"Nothing is predicted: the highest rate, {peak:.3g}, is {side} {reference:.3g}, the nearest of the"
        " run.",
    )


def too_soon(course: Course, least: float) -> NotPredicted | None:
    """Whether the rate of a plan has fallen before it spent a quarter of the `least` budget (in lr x updates)
    at which the end of a plan of the run was compared with its prediction.

    The formula takes noise for a share of the loss at every budget. At the very beginning it is not: a loss
    that is still on its first plateau does not fall with the rate. How far off that is, ends at larger
    budgets do not tell. A rate that has not fallen is no matter: its loss is read as it was trained.
    """
    fallen = course.lowered(course.peak)[-1] > _FALLEN
    if not fallen or course.tau[-1] >= _TRIED * least:
        return None
    return NotPredicted(
        "budget",
        "No predicted loss is drawn: this plan's rate falls sooner than in any plan of this run, so nothing"
        " here tests the prediction.",
    )
