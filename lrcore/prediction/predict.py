"""A plan that was moved, as its loss would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from lrcore.errors import PlanError
from lrcore.experiment import Experiment
from lrcore.prediction.collapse import Collapse
from lrcore.prediction.course import course
from lrcore.prediction.error import TaskError
from lrcore.prediction.fit import at_the_end, log_loss
from lrcore.prediction.limits import NotPredicted, another_task, too_far, too_soon, without_a_curve
from lrcore.results.events import Floats, Ints

_SOUND = 0.5  # on none of the eight tasks of the benchmark are predictions further off on average


@final
@dataclass(frozen=True, eq=False)
class Prediction:
    """The loss of plan number `plan`: `loss` (E,), the median over seeds, after `step` (E,) updates, which
    have spent the `budget` (E,).

    `known` (E,) is where the budget spent is within that of the reference, plan number `reference` of the
    run; past it the reference's power law goes on. `noise` is the share of the loss that goes away with the
    rate; `error` what such predictions were off on this run, None if no plan was left to test it on.
    """

    plan: int
    step: Ints
    budget: Floats
    loss: Floats
    known: NDArray[np.bool_]
    reference: int
    noise: float
    error: TaskError | None

    @property
    def final(self) -> float:
        """The mean over the last 5 % of the evaluations."""
        return at_the_end(self.loss)

    @property
    def sound(self) -> bool:
        """Whether such predictions were near the truth on this run, as far as it can tell: within a half."""
        return self.error is None or self.error.mean <= _SOUND

    @property
    def worth(self) -> str:
        """What it is worth on this task, or that it is too far off to be shown."""
        if self.error is None:
            return "No plan of this run was left to try a prediction on."
        return self.error.sentence if self.sound else self.error.refusal

    @property
    def beyond(self) -> str:
        """From where on it goes beyond what was run; "" where it does not."""
        if self.known.all():
            return ""
        last = int(self.step[self.known][-1])
        return f"After update {last:,} (fainter) it is extrapolated: plan {self.reference + 1} spent no more."


def predict(collapse: Collapse, moved: Experiment, plan: int) -> Prediction | NotPredicted:
    """The loss of plan number `plan` of `moved`, read off the run of `collapse` and not trained; or why not.

    `moved` may differ from what was run in its plans, steps and seeds. It takes as long as the plan's rates
    do, and a tenth of a millisecond.
    """
    asked = moved.plans[plan]
    if (reason := another_task(collapse.experiment, moved) or without_a_curve(asked)) is not None:
        return reason
    # as close together as in the run, which may have been stopped, or have had another length
    done = np.unique(np.rint(collapse.step * (moved.steps / collapse.step[-1])).astype(np.int64))
    try:
        own = course(asked, done, moved.steps_per_epoch)
    except PlanError as error:
        return NotPredicted("formula", str(error))
    if not own.peak > 0:
        return NotPredicted("rate", "Nothing is predicted: this plan's rate is 0 throughout.")
    reference = collapse.nearest(own.peak)
    if (reason := too_far(own.peak, reference.rate) or too_soon(own, reference.least_budget)) is not None:
        return reason
    loss = np.exp(log_loss(reference.read, reference.curve, reference.noise, own))
    known = own.tau <= reference.curve.end * (1 + 1e-9)
    return Prediction(plan, done, own.tau, loss, known, reference.plan, reference.noise, reference.error)
