"""A page's charts after some of its values were moved: what changes in them, by the chart's key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, final

from lrcore import links
from lrcore.analysis import wrong_clock
from lrcore.analysis.decay_question import Question
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes
from lrcore.analysis.work import work
from lrcore.errors import LRLabError, PlanError
from lrcore.experiment import Experiment
from lrcore.figures.curves import label, lr_figure, momentum_figure, momentum_trace, rate_trace
from lrcore.figures.decay_question import inverse_figure, question_figure
from lrcore.figures.theme import Figure
from lrcore.figures.whole_run import (
    Points,
    curve_trace,
    ghost_trace,
    plan_points,
    points_each,
    y_range,
)
from lrcore.gallery.examples import EXAMPLES
from lrcore.plan import Path, Plan
from lrcore.results.axes import AxisName, axis_named
from lrcore.results.events import Split
from lrcore.values.value import Value, short
from ui.server.loss_axes import axis_of, rate_axis
from ui.server.plan_words import in_words
from ui.server.predictions import foretell, read_by, told_by
from ui.server.work_share import HERE_MS

# {"figure": ...}, {"traces": [...], "yaxis": {...}}, or of the losses {"over": [...], "note": "", "reach": x}
Part = dict[str, object]
Values = Mapping[Path, float]
Refused = dict[str, str]  # the sentence about a value that was not taken, by the control's path
T = TypeVar("T", bound=Value)
_ALL_MS = 40.0  # of work, as it is estimated, for all curves of a step: what a chart of ordinary plans takes


class TooSlowError(Exception):
    """These curves take longer than a step of a drag may."""


class Moved(ABC):
    """A page in the words of a link, and the run that it shows, by the key that it was given for that.

    `note` is what the plan that moved last does now, in words, where the page says it.
    """

    note = ""

    def __init__(self, words: links.Params, run: str = "") -> None:
        """LRLabError for words that a link could not have."""
        self._words = words
        self._experiment, problems = links.from_params(words, next(iter(EXAMPLES.values())).experiment)
        self._view, more = links.view_from_params(words)
        if problems or more:
            raise LRLabError(" ".join([*problems, *more]))

    def charts(self, of: Path, values: Values) -> tuple[dict[str, Part], Refused]:
        """What changes in each chart, and why which value was not taken.

        `of` says whose values moved. LRLabError if the page has no such thing; TooSlowError.
        """
        refused: Refused = {}
        parts = self._moved(of, values, refused)
        if parts is None:
            raise LRLabError(f"Nothing that moves on this page is called {short('.'.join(map(str, of)))}.")
        return parts, refused

    @abstractmethod
    def _moved(self, of: Path, values: Values, refused: Refused) -> dict[str, Part] | None:
        """The parts of `charts`; None for what the page has not."""

    def _moved_plan(self, of: Path, values: Values, refused: Refused) -> tuple[int, Plan] | None:
        """The plan that is meant, with the values put in; None if none is."""
        match of:
            case ("plans", int(index)) if index < len(self._experiment.plans):
                return index, _each(self._experiment.plans[index], values, Plan.with_value, refused)
        return None


@final
class _Playground(Moved):
    def __init__(self, words: links.Params, run: str = "") -> None:
        super().__init__(words, run)
        self._split: Split = "val" if words.get("loss") == ["validation"] else "train"
        self._chosen = axis_named("".join(words.get("loss_axis", ())))
        axis = axis_of(self._experiment, self._chosen)
        self._axis: AxisName = axis.name if axis else "updates"
        self._told = told_by(read_by(run), self._split)

    def _moved(self, of: Path, values: Values, refused: Refused) -> dict[str, Part] | None:
        if of == ("experiment",):
            return self._whole(_each(self._experiment, values, _with_field, refused))
        found = self._moved_plan(of, values, refused)
        return None if found is None else self._plan(*found)

    def _plan(self, index: int, plan: Plan) -> dict[str, Part]:
        plans = self._experiment.plans
        # not checked again: the plan was, and across its plans an experiment checks nothing but their cost
        moved = self._experiment.model_copy(update={"plans": (*plans[:index], plan, *plans[index + 1 :])})
        steps, per_epoch = self._experiment.steps, self._experiment.steps_per_epoch
        _affordable([plan], Run.of(steps, per_epoch), momentum=True)
        axis, _ = rate_axis(moved, self._chosen)
        try:
            trace = rate_trace(index, plan, steps, per_epoch, log_y=self._log_y, axis=axis)
        except PlanError:  # a formula without a value somewhere; the release says so below the chart
            trace = {"uid": f"plan-{index}", "name": label(index, plan), "x": [], "y": []}
        self.note = in_words(plan, Run.of(steps, per_epoch))
        parts = {"lr": _traces(trace), "loss": self._losses(moved)}
        if momentum := momentum_trace(index, plan, steps, per_epoch, axis=axis):
            parts["momentum"] = _traces(momentum)
        return parts

    def _whole(self, experiment: Experiment) -> dict[str, Part]:
        plans, steps, per_epoch = experiment.plans, experiment.steps, experiment.steps_per_epoch
        _affordable(plans, Run.of(steps, per_epoch), momentum=True)
        axis, x_title = rate_axis(experiment, self._chosen)
        lr = lr_figure(plans, steps, per_epoch, log_y=self._log_y, axis=axis, x_title=x_title).figure
        parts = {"lr": _figure(lr), "loss": self._losses(experiment)}
        if momentum := momentum_figure(plans, steps, per_epoch, axis=axis):
            parts["momentum"] = _figure(momentum)
        return parts

    def _losses(self, experiment: Experiment) -> Part:
        """What is predicted of the moved plans, laid over the losses of the run."""
        foretold = foretell(self._told, experiment, HERE_MS)
        traces = foretold.traces(self._axis)
        part: Part = {"over": traces, "note": foretold.note}
        if ends := [trace["x"][-1] for trace in traces if trace["x"]]:
            part["reach"] = max(ends)
        return part

    @property
    def _log_y(self) -> bool:
        return self._words.get("lr_axis") == ["log"]


@final
class _CurvesPage(Moved):
    def __init__(self, words: links.Params, run: str = "") -> None:
        super().__init__(words, run)
        trained = Run.of(self._experiment.steps, self._experiment.steps_per_epoch)
        self._horizon = self._view.horizon or trained
        self._extremes: dict[int, list[float]] = {}  # of the curves that rest while this one moves

    def _moved(self, of: Path, values: Values, refused: Refused) -> dict[str, Part] | None:
        found = self._moved_plan(of, values, refused)
        return None if found is None else self._plan(*found)

    def _plan(self, index: int, plan: Plan) -> dict[str, Part]:
        view, plans = self._view, self._experiment.plans
        _affordable([plan], self._horizon)
        trace = curve_trace(index, plan, self._points(plan), view.log_y)
        part = _traces(trace)
        if view.ghost and index == min(view.edited, len(plans) - 1):
            _affordable([wrong_clock(plan)], self._horizon)
            ghost = ghost_trace(index, plan, self._points(wrong_clock(plan)), view.log_y)
            part = _traces(trace, ghost)
        if view.log_y:
            if index not in self._extremes:
                others = [other for number, other in enumerate(plans) if number != index]
                _affordable(others, self._horizon)
                rates = [rate for other in others for rate in self._points(other)[1] if rate > 0]
                self._extremes[index] = [min(rates), max(rates)] if rates else []
            part["yaxis"] = y_range([trace, {"y": self._extremes[index]}], log_y=True)
        return {"curves_chart": part}

    def _points(self, plan: Plan) -> Points:
        """None where a formula has no value, or a plan that listens has no metric: the script says so."""
        view, points = self._view, points_each(len(self._experiment.plans))
        with suppress(PlanError):
            return plan_points(
                plan, self._horizon, Axes(log_x=view.log_x, log_y=view.log_y), points, view.metric
            )
        return [], []


@final
class _QuestionPanel(Moved):
    def _moved(self, of: Path, values: Values, refused: Refused) -> dict[str, Part] | None:
        if of != ("question",):
            return None
        question: Question = _each(self._view.question, values, _with_field, refused)
        return {
            "question_chart": _figure(question_figure(question)),
            "question_inverse": _figure(inverse_figure(question)),
        }


PAGES: dict[str, Callable[[links.Params, str], Moved]] = {
    "playground": _Playground,
    "curves": _CurvesPage,
    "question": _QuestionPanel,
}


def _each(thing: T, values: Values, replaced: Callable[[T, Path, float], T], refused: Refused) -> T:
    """The thing with the values put in one after the other, as the script does; one that is not allowed is
    left out."""
    for path, value in values.items():
        try:
            thing = replaced(thing, path, value)
        except LRLabError as error:
            refused[".".join(map(str, path))] = str(error)
    return thing


def _with_field(thing: T, path: Path, value: float) -> T:
    fields = {name: getattr(thing, name) for name in type(thing).model_fields}
    return type(thing)(**{**fields, str(path[0]): value})


def _affordable(plans: Sequence[Plan], run: Run, *, momentum: bool = False) -> None:
    """TooSlowError for a curve that costs too much, or for many that do together."""
    in_all = 0.0
    for plan in plans:
        cost = work(plan, run).points_ms
        in_all += cost * (2 if momentum and plan.schedule.momentum(0) is not None else 1)
        if cost > HERE_MS or in_all > _ALL_MS:
            raise TooSlowError


def _traces(*traces: dict[str, Any]) -> Part:
    return {"traces": [{name: trace[name] for name in ("uid", "name", "x", "y")} for trace in traces]}


def _figure(figure: Figure) -> Part:
    return {"figure": figure}
