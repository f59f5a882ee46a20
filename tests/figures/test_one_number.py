"""Sentence, table and chart say one number of a plan's loss, at the end of a run and where it is stopped."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrcore.experiment import Experiment
from lrcore.figures.losses import TRACES_PER_PLAN, loss_figure
from lrcore.results.events import NOT_DIVERGED, Progress, Split
from lrcore.results.facts import Facts
from lrcore.results.history import history_so_far
from lrcore.results.story import told
from tests.results.simulated import HIGH, NOISE, STEP, World, simulate


def told_step_by_step(seeds: int) -> tuple[Experiment, list[Progress]]:
    """A noisy run in which one plan loses some seeds."""
    world = World(power=0.4, noise=0.9, spread=0.5, draw=NOISE["heavy"])
    experiment, history = simulate((HIGH, STEP), seeds, world, np.random.default_rng(seeds))
    lost = np.full((2, seeds), NOT_DIVERGED)
    lost[0, : seeds // 4] = 900
    return experiment, [
        Progress(
            int(step),
            step / experiment.steps_per_epoch,
            history.train_loss[e],
            history.train_loss[e],
            history.val_loss[e] * 1.5,
            history.val_metric[e],
            history.lr[e],
            np.where(lost < step, lost, NOT_DIVERGED),
        )
        for e, step in enumerate(history.step)
    ]


@pytest.mark.parametrize("split", ["train", "val"])
@pytest.mark.parametrize("seeds", [4, 7])
def test_the_chart_ends_where_table_and_sentence_say(split: Split, seeds: int) -> None:
    experiment, progress = told_step_by_step(seeds)
    for count in (2, 9, 29, 30, 31, 50, len(progress)):
        history = history_so_far(progress[:count])
        assert history is not None
        facts = Facts(experiment, history, split)
        traces = loss_figure(experiment.plans, experiment.steps, progress[:count], split)["data"]
        shown = [traces[plan * TRACES_PER_PLAN + 2]["y"][-1] for plan in range(2)]
        assert shown == pytest.approx(facts.finals, rel=1e-12)
        said = re.search(r"loss of ([\d.e-]*\d)", told(facts))
        assert said is not None
        assert said[1] == f"{min(shown):.3g}"


def test_one_evaluation_alone_is_not_what_a_plan_ends_at() -> None:
    experiment, progress = told_step_by_step(5)
    traces = loss_figure(experiment.plans, experiment.steps, progress, "train")["data"]
    for plan in range(2):
        last = float(np.median(progress[-1].train_loss[plan]))
        assert traces[plan * TRACES_PER_PLAN + 2]["y"][-1] != pytest.approx(last, rel=1e-3)
