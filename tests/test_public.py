"""The import paths that others may rely on."""

from __future__ import annotations

import importlib

import pytest

PATHS = {
    "lrcore": "Experiment ExperimentError JobError LRLabError Plan PlanError parse_plan plan_from_code"
    " plan_to_code plans_from_code",
    "lrcore.analysis": "Readout Verdict budget budget_share final_lr first_below half_life lr_at match peak"
    " readout robbins_monro spent_by to_epochs to_iterations updates_per_epoch wrong_clock",
    "lrcore.datasets": "DATASETS DataSpec Dataset data_class",
    "lrcore.dialects": "DIALECTS plan_from_code plan_to_code plans_from_code",
    "lrcore.events": "Event Finished History Progress Started decode encode",
    "lrcore.experiment": "Experiment MLP",
    "lrcore.figures.curves": "lr_figure",
    "lrcore.figures.losses": "loss_figure",
    "lrcore.jobs": "JobBoard start_engine",
    "lrcore.links": "from_params to_params",
    "lrcore.optimizers": "OPTIMIZERS OptimizerSpec optimizer_class",
    "lrcore.plan": "Plan parse_plan",
    "lrcore.schedules": "FEEDBACK SCHEDULES FeedbackSchedule Schedule schedule_class",
    "lrcore.training": "train",
}


@pytest.mark.parametrize(
    ("path", "name"), [(path, n) for path, names in PATHS.items() for n in names.split()]
)
def test_the_name_is_at_its_public_path(path: str, name: str) -> None:
    assert hasattr(importlib.import_module(path), name)


def test_a_moved_module_is_the_same_module() -> None:
    assert importlib.import_module("lrcore.events") is importlib.import_module("lrcore.results.events")
