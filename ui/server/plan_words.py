"""What the numbers of a plan's card do, in a line: for the script that draws the card, and for a step of a
drag."""

from __future__ import annotations

from lrcore.analysis.drops import drops_told
from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import FeedbackSchedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.formula.short import rate_short
from ui.server.work_share import HERE_MS


def in_words(plan: Plan, run: Run) -> str:
    """The formula with the numbers in it, and where a staircase drops; "" for what takes more than a line, or
    more than a moment."""
    if isinstance(plan.schedule, (Constant, FeedbackSchedule)) or work(plan, run).written_ms > HERE_MS:
        return ""
    try:
        formula = rate_short(plan.schedule.formula(plan.base_lr))
        drops = drops_told(plan, run.steps, run.steps_per_epoch)
    except PlanError:  # a formula without a value somewhere
        return ""
    said = f"lr(t) = {formula}, t in {plan.clock}s" if formula else ""
    return "; ".join(filter(None, (said, drops)))
