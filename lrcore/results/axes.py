"""What a loss is drawn against: updates, epochs, samples, or budget, the sum of the rates that were used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final, get_args

import numpy as np
from numpy.typing import ArrayLike

from lrcore.analysis.sums.updates import spent
from lrcore.experiment import Experiment
from lrcore.results.events import Floats, Ints, Progress

AxisName = Literal["updates", "epochs", "samples", "budget"]
AXES: tuple[AxisName, ...] = get_args(AxisName)
_BY_NAME: dict[str, AxisName] = {name: name for name in AXES}
_TITLES = {"samples": "samples seen", "budget": "budget (sum of learning rates)"}


@final
@dataclass(frozen=True, eq=False)
class LossAxis:
    """Where the evaluations of an experiment lie on an axis, each plan's for itself.

    `end` is where the axis ends. Only a budget differs between plans; that of a plan which listens to its
    own loss is known as far as it was trained.
    """

    name: AxisName
    title: str
    end: float
    _experiment: Experiment
    _spent: tuple[Floats | None, ...]  # (N + 1,) of each plan; None where it listens

    @property
    def whole(self) -> bool:
        """Whether it counts whole things."""
        return self.name in ("updates", "samples")

    def at(self, plan: int, updates: ArrayLike, told: Sequence[Progress] = ()) -> list[float]:
        """Where so many updates of plan number `plan` lie, in the axis' unit.

        `told` are the evaluations up to the one in question; only the budget of a plan that listens is read
        from them (its rate at each, the median over seeds, times the updates since the one before).
        """
        done = np.atleast_1d(np.asarray(updates, dtype=np.int64))
        experiment = self._experiment
        match self.name:
            case "updates":
                return [int(count) for count in done]
            case "epochs":
                places = done / experiment.steps_per_epoch
            case "samples":
                epochs, rest = np.divmod(done, experiment.steps_per_epoch)
                points = experiment.data.n_train  # the last batch of an epoch may be smaller
                places = epochs * points + np.minimum(rest * experiment.batch_size, points)
            case "budget":
                known = self._spent[plan]
                places = known[done] if known is not None else _spent_by_listening(plan, done, told)
        return [float(place) for place in places]


def axis_named(text: str) -> AxisName:
    """The axis with this name; that of the updates for any other text."""
    return _BY_NAME.get(text, "updates")


def loss_axis(experiment: Experiment, name: AxisName = "updates") -> LossAxis:
    """The axis `name` of an experiment's loss chart. PlanError for the budget of a plan whose formula has no
    value somewhere.

    >>> experiment = Experiment(plans=["lr=0.3", "lr=0.1 StepLR(step_size=1, gamma=0.5)"], steps=64)
    >>> [loss_axis(experiment, name).at(1, [0, 32, 64]) for name in ("updates", "epochs", "samples")]
    [[0, 32, 64], [0.0, 1.0, 2.0], [0.0, 1024.0, 2048.0]]
    >>> [round(place, 9) for place in loss_axis(experiment, "budget").at(1, [0, 32, 64])]
    [0.0, 3.2, 4.8]
    """
    steps, title = experiment.steps, _TITLES.get(name, name)
    if name != "budget":
        axis = LossAxis(name, title, float(steps), experiment, ())
        return LossAxis(name, title, axis.at(0, steps)[0], experiment, ())
    sums = tuple(
        None if plan.schedule.listens else spent(plan, steps, experiment.steps_per_epoch)
        for plan in experiment.plans
    )
    # a plan that listens never raises its rate above where it began
    ends = [
        plan.base_lr * steps if known is None else float(known[-1])
        for plan, known in zip(experiment.plans, sums, strict=True)
    ]
    return LossAxis(name, title, max(ends), experiment, sums)


def _spent_by_listening(plan: int, done: Ints, told: Sequence[Progress]) -> Floats:
    """Between two evaluations the rate is taken to be the later one's: wrong by at most one evaluation."""
    if not told:
        return np.zeros(len(done))
    steps = np.array([0, *(event.step for event in told)])
    # in order of size, the NaN of seeds that are no longer there behind them
    rates = np.sort(np.array([event.lr[plan] for event in told]), axis=1)
    alive = np.isfinite(rates).sum(axis=1)
    event = np.arange(len(told))
    medians = (rates[event, (alive - 1) // 2] + rates[event, alive // 2]) / 2
    sums = np.cumsum(np.diff(steps, prepend=0) * np.append(0.0, np.where(alive, medians, 0.0)))
    return np.asarray(np.interp(done, steps, sums), dtype=np.float64)
