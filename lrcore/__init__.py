"""LR Lab's core: schedules, plans, experiments. Importing it loads neither torch nor plotly nor streamlit."""

from lrcore.dialects import plan_from_code, plan_to_code, plans_from_code
from lrcore.errors import ExperimentError, JobError, LRLabError, PlanError
from lrcore.experiment import Experiment
from lrcore.plan import Plan, parse_plan

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
