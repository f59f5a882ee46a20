"""What a screen reader says of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrcore.jobs import Job, Race
from lrcore.results.events import Split
from lrcore.results.story import story
from tests.results.simulated import HIGH, LOW, World, simulate
from ui.playground.announce import announced


def test_of_a_run_that_has_ended_the_loss_that_is_shown_is_told() -> None:
    world = World(luck=(-1.0, 1.0), spread=0.1)
    experiment, history = simulate((HIGH, LOW), 8, world, np.random.default_rng(3))
    turned = replace(history, val_loss=history.train_loss[:, ::-1])
    assert "Plan 1" in story(experiment, turned, "train")
    assert "Plan 2" in story(experiment, turned, "val"), "the losses have to disagree"
    job = Job(experiment, experiment.id, state="done", history=turned)
    said: dict[Split, str] = {
        "train": "Plan 1 ends lowest, at a training",
        "val": "Plan 2 ends lowest, at a validation",
    }
    for split, begin in said.items():
        assert announced(Race(experiment, job), split).startswith(f"The run has ended. {begin} loss of ")


def test_a_run_is_told_from_its_begin_to_an_early_end() -> None:
    experiment, _ = simulate((HIGH, LOW), 8, World(), np.random.default_rng(3))
    running = Race(experiment, Job(experiment, experiment.id, state="running"))
    assert announced(running, "val") == f"Training 2 plans over {experiment.steps:,} updates."
    stopped = Race(experiment, Job(experiment, experiment.id, state="cancelled", error="Stopped."))
    assert announced(stopped, "train") == "Stopped."
    assert announced(None, "train") == ""
