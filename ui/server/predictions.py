"""The losses of plans that the run on a page has not trained, for a step of a drag and for the script."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, final

from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.experiment import Experiment
from lrcore.figures.predicted import predicted_traces
from lrcore.jobs import Job
from lrcore.prediction import Collapse, NotPredicted, Prediction, collapse_of, predict
from lrcore.results.axes import AxisName
from lrcore.results.events import Split
from ui.server import engine
from ui.server.loss_axes import FOLLOWED_MS, follow_ms
from ui.server.signing import sign, signed

_NO_RUN = NotPredicted("reference", "Nothing is predicted: there is no finished race to read it off.")
_SLOW_RUN = NotPredicted(
    "formula", "Nothing is predicted: the plans of the run take too long to be followed."
)
_SLOW = NotPredicted("formula", "Nothing is predicted: this plan takes too long to be followed.")


def key_to_read(job: Job) -> str:
    """What a page that shows a finished run says of it in a drag. A job's id is the hash of its experiment,
    which anybody can compute; that it was trained here is told only to those who know."""
    return f"{job.id} {sign(_reading(job.id))}"


def read_by(key: str) -> str:
    """The id of the run that a page says it shows, or "" without the right to know of it."""
    job_id, _, signature = key.partition(" ")
    return job_id if signed(_reading(job_id), signature) else ""


def _reading(job_id: str) -> str:
    return f"read {job_id}"


def told_by(job_id: str, split: Split) -> Collapse | NotPredicted:
    """What a finished run says of other plans; computed once, for the same experiment gives the same run."""
    with suppress(LookupError):
        return _told_by(job_id, split)
    return _NO_RUN


@lru_cache(maxsize=128)  # some 20 kB each; the run itself is not kept
def _told_by(job_id: str, split: Split) -> Collapse | NotPredicted:
    job = engine.board().job(job_id) if job_id else None
    if job is None or job.history is None:
        raise LookupError(job_id)
    if follow_ms(job.experiment) > FOLLOWED_MS:
        return _SLOW_RUN
    return collapse_of(job.experiment, job.history, split)


@final
@dataclass(frozen=True, eq=False)
class Foretold:
    """The predictions by the number of their plan; what such predictions are worth here, or why there are
    none; and what else has to be said of them."""

    experiment: Experiment
    plans: Mapping[int, Prediction] = field(default_factory=dict)
    worth: str = ""
    beside: str = ""

    def traces(self, axis: AxisName) -> list[dict[str, Any]]:
        """What lies over the loss chart."""
        return [
            trace
            for prediction in self.plans.values()
            for trace in predicted_traces(self.experiment, prediction, axis)
        ]

    @property
    def note(self) -> str:
        """The line under the chart, as long as no race says how far off they were."""
        key = "Dashed: predicted. " if self.plans else ""
        return f"{key}{self.worth} {self.beside}".strip()


def foretell(told: Collapse | NotPredicted, experiment: Experiment, most_ms: float) -> Foretold:
    """Predict the plans that were moved since the run, within `most_ms` of estimated work; none where on this
    run such predictions are far off."""
    if isinstance(told, NotPredicted):
        return Foretold(experiment, worth=told.sentence)
    run, left = Run.of(experiment.steps, experiment.steps_per_epoch), most_ms
    said: dict[int, Prediction] = {}
    reasons: dict[int, str] = {}
    for index in _moved(told.experiment, experiment):
        cost = work(experiment.plans[index], run).points_ms
        answer = predict(told, experiment, index) if cost <= left else _SLOW
        left -= cost if cost <= left else 0.0
        if not isinstance(answer, Prediction):
            reasons[index] = answer.sentence
        elif answer.sound:
            said[index] = answer
        else:
            reasons[index] = answer.worth
    if not said:
        return Foretold(experiment, worth=next(iter(reasons.values()), ""))
    least = max(said.values(), key=lambda one: one.error.mean if one.error else 0.0)
    beyond = [one.beyond for one in said.values() if one.beyond]
    beside = beyond if len(beyond) < 2 else ["What is fainter is extrapolated: the run has spent no more."]
    if reasons:
        names = ", ".join(str(index + 1) for index in reasons)
        beside.append(f"Not predicted: {'plan' if len(reasons) == 1 else 'plans'} {names}.")
    return Foretold(experiment, said, least.worth, " ".join(beside))


def _moved(ran: Experiment, now: Experiment) -> list[int]:
    """The plans, by number, that the run has not trained; where only the length of the run, or the task, is
    another, all of them."""
    moved = [index for index, plan in enumerate(now.plans) if plan not in ran.plans]
    task = Experiment.model_fields.keys() - {"plans", "seeds"}
    same = all(getattr(ran, name) == getattr(now, name) for name in task)
    return moved if moved or same else list(range(len(now.plans)))
