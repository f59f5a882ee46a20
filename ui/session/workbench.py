"""The value that pages read and replace: what is trained, and how it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from lrcore.analysis.run import Run
from lrcore.experiment import Experiment
from lrcore.gallery.examples import EXAMPLES
from lrcore.links import CurveView
from lrcore.plan import Plan
from lrcore.results.axes import AxisName
from lrcore.results.events import Split

OPENING = "01_open"


@dataclass(frozen=True)
class View:
    """How the charts of the Playground are looked at."""

    log_lr: bool = False
    split: Split = "train"
    loss_axis: AxisName = "updates"


@dataclass(frozen=True)
class Workbench:
    """Everything that the page shows: what is trained, and how it is looked at."""

    experiment: Experiment
    view: View = View()
    curves: CurveView = field(default_factory=CurveView)

    @property
    def trained(self) -> Run:
        """What the experiment trains."""
        return Run(steps=self.experiment.steps, steps_per_epoch=self.experiment.steps_per_epoch)

    @property
    def horizon(self) -> Run:
        """How far the Curves page looks: as far as somebody said, else as long as the experiment trains."""
        return self.curves.horizon or self.trained


def opening() -> Workbench:
    """What a visitor without a link sees."""
    return Workbench(EXAMPLES[OPENING].experiment)


def with_experiment(bench: Workbench, **changes: Any) -> Workbench:
    """The workbench with other fields in its experiment, checked as a whole (pydantic's own `model_copy`
    checks nothing)."""
    before = bench.experiment
    fields = {name: getattr(before, name) for name in Experiment.model_fields}
    return replace(bench, experiment=Experiment(**{**fields, **changes}))


def with_plan(bench: Workbench, index: int, plan: Plan) -> Workbench:
    """The workbench with another plan in the place of one, counted from 0."""
    plans = bench.experiment.plans
    return with_experiment(bench, plans=(*plans[:index], plan, *plans[index + 1 :]))


def with_curves(bench: Workbench, **changes: Any) -> Workbench:
    """The workbench with other fields in the Curves page's view."""
    return replace(bench, curves=replace(bench.curves, **changes))
