"""LR Lab's core: schedules, plans, experiments. Importing it loads neither torch nor plotly nor streamlit."""

import sys

from lrcore.dialects import plan_from_code, plan_to_code, plans_from_code
from lrcore.errors import ExperimentError, JobError, LRLabError, PlanError
from lrcore.experiment import Experiment, optimizers
from lrcore.plan import Plan, parse_plan
from lrcore.results import events

# Where these two stood in version 0.2; kept for one release.
sys.modules["lrcore.events"] = events
sys.modules["lrcore.optimizers"] = optimizers

__all__ = [
    "Experiment",
    "ExperimentError",
    "JobError",
    "LRLabError",
    "Plan",
    "PlanError",
    "parse_plan",
    "plan_from_code",
    "plan_to_code",
    "plans_from_code",
]
