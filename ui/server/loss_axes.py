"""What the losses on the page are drawn against, where that does not take too long to be summed up here, and
the rates above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.errors import PlanError
from lrcore.experiment import Experiment
from lrcore.results.axes import AxisName, LossAxis, axis_named, loss_axis
from lrcore.results.events import Split

FOLLOWED_MS = 40.0  # of work, as it is estimated, in which the plans of a run are followed once


def losses_asked(words: Mapping[str, Sequence[str]]) -> tuple[Split, AxisName]:
    """Which losses the words of a link ask for, and what against; the last of equal words counts."""
    loss, axis = (words[name][-1] if words.get(name) else "" for name in ("loss", "loss_axis"))
    return "val" if loss == "validation" else "train", axis_named(axis)


def follow_ms(experiment: Experiment) -> float:
    """About how long (ms) it takes to compute every rate of the plans, which a curve looks at as often."""
    run = Run.of(experiment.steps, experiment.steps_per_epoch)
    return sum(work(plan, run).points_ms for plan in experiment.plans)


def axis_of(experiment: Experiment, name: AxisName) -> LossAxis | None:
    """The axis; None for the updates, and for budgets that take too long or that a formula does not have:
    then the losses are drawn over updates."""
    if name == "updates" or (name == "budget" and follow_ms(experiment) > FOLLOWED_MS):
        return None
    try:
        return loss_axis(experiment, name)
    except PlanError:
        return None


def rate_axis(experiment: Experiment, name: AxisName) -> tuple[LossAxis | None, str]:
    """The axis of the rates above losses over `name`, None for the updates, and a title where the losses have
    another one: a budget is each plan's own, and a rate is set at an update."""
    return (None, "updates") if name == "budget" else (axis_of(experiment, name), "")


def cursor_group(axis: LossAxis | None) -> str:
    """The charts that share a cursor and a zoom: those over the same axis."""
    return f"over {axis.name if axis else 'updates'}"
