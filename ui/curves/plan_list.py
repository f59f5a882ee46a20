"""The plans of the workbench, as the parts of the Curves page name and change them."""

from __future__ import annotations

from collections.abc import Sequence

from lrcore.errors import PlanError
from lrcore.figures.curves import label
from lrcore.plan import Plan
from lrcore.values.limits import PLANS_MAX
from ui.session.workbench import Workbench, with_curves, with_experiment, with_plan


def edited(bench: Workbench) -> int:
    """The number of the plan that is edited, from 0; a link may name one that is not there."""
    return min(bench.curves.edited, len(bench.experiment.plans) - 1)


def names(plans: Sequence[Plan]) -> list[str]:
    """`1 · StepLR` for each plan."""
    return [label(index, plan) for index, plan in enumerate(plans)]


def added(bench: Workbench, plans: Sequence[Plan]) -> Workbench:
    """The workbench with more plans at the end, the first of them edited. PlanError where there is no
    room."""
    before = bench.experiment.plans
    if len(before) + len(plans) > PLANS_MAX:
        raise PlanError(
            f"{len(plans)} more plans than the {len(before)} here are over {PLANS_MAX}; replace them, or"
            " remove some."
        )
    return replaced(bench, (*before, *plans), edit=len(before))


def replaced(bench: Workbench, plans: Sequence[Plan], edit: int = 0) -> Workbench:
    """The workbench with other plans, the one with the number `edit` edited. PlanError for too many."""
    if len(plans) > PLANS_MAX:
        raise PlanError(f"{len(plans)} plans are more than the {PLANS_MAX} that one page draws; paste fewer.")
    return with_curves(with_experiment(bench, plans=tuple(plans)), edited=edit)


def changed(bench: Workbench, index: int, plan: Plan) -> Workbench:
    """The workbench with another plan in the place of one, which is the edited one then."""
    return with_curves(with_plan(bench, index, plan), edited=index)
