"""ReduceLROnPlateau trains: each member's rate follows its own validation losses, exactly as torch's
scheduler would have it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from lrcore.results.events import Floats
from lrcore.training.rates import Rates
from lrcore.training.reference import train_member
from tests.training.support import SMALL, experiment, finish, relative

STEPS = 400
LISTENING = "lr=0.3 ReduceLROnPlateau(factor=0.5, patience=2, cooldown=1, min_lr=0.01)"
PLANS = [
    "lr=0.1",
    LISTENING,
    "lr=0.1 StepLR(step_size=30, gamma=0.5)",
    "lr=0.2 ReduceLROnPlateau(factor=0.3, patience=0) per iteration",
]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[Floats]]:
    """The metrics that plans were told, each (S,)."""
    heard: dict[int, list[Floats]] = {}
    observe = Rates.observe

    def listen(self: Rates, plan: int, metrics: Floats) -> None:
        heard.setdefault(plan, []).append(metrics.copy())
        observe(self, plan, metrics)

    monkeypatch.setattr(Rates, "observe", listen)
    return heard


def test_rates_are_those_of_torch_fed_with_the_same_metrics(told: dict[int, list[Floats]]) -> None:
    trained = experiment(plans=PLANS, steps=STEPS, seeds=3)
    applied = finish(trained).history.applied_lr
    epochs = STEPS // trained.steps_per_epoch
    assert {plan: len(metrics) for plan, metrics in told.items()} == {1: epochs, 3: epochs}
    for index, fields in (
        (1, {"factor": 0.5, "patience": 2, "cooldown": 1, "min_lr": 0.01}),
        (3, {"factor": 0.3, "patience": 0}),
    ):
        for seed in range(3):
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=trained.plans[index].base_lr)
            scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **fields)
            rates = []
            for epoch in range(-(-STEPS // trained.steps_per_epoch)):
                rates += [optimizer.param_groups[0]["lr"]] * trained.steps_per_epoch
                if epoch < epochs:
                    scheduler.step(told[index][epoch][seed])
            assert applied[:, index, seed].tolist() == rates[:STEPS]
    assert (applied[-1, 1] == 0.01).all(), (
        "not every member was cut down to min_lr, so its floor was not shown"
    )
    assert (applied[-1, 3] < 1e-6).all(), "without a floor the cuts go on"


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_a_run_is_that_of_the_plain_torch_loop(optimizer: str, told: dict[int, list[Floats]]) -> None:
    plans = [plan.replace("lr=0.", "lr=0.0") if optimizer == "Adam" else plan for plan in PLANS]
    trained = experiment(plans=plans, optimizer=optimizer, steps=200)
    history = finish(trained, torch.float64).history
    for index in (0, 1, 3):
        run = train_member(trained, trained.plans[index], 1, torch.float64)
        assert relative(history.minibatch_loss[:, index, 1], np.array(run.minibatch_loss)) < 1e-9
        np.testing.assert_allclose(history.applied_lr[:, index, 1], run.applied_lr, rtol=1e-12)
        if index:
            np.testing.assert_allclose([metrics[1] for metrics in told[index]], run.metrics, rtol=1e-9)


def test_seeds_are_cut_each_at_its_own_time() -> None:
    applied = finish(experiment(plans=[LISTENING], steps=800, seeds=5)).history.applied_lr
    assert len({tuple(np.flatnonzero(np.diff(applied[:, 0, seed]))) for seed in range(5)}) > 1


def test_other_plans_do_not_notice() -> None:
    alone = finish(experiment(plans=["lr=0.1"], steps=100), torch.float64).history
    beside = finish(experiment(plans=["lr=0.1", LISTENING], steps=100), torch.float64).history
    assert relative(beside.minibatch_loss[:, 0], alone.minibatch_loss[:, 0]) < 1e-9


def test_an_epoch_that_is_one_update_and_a_run_shorter_than_an_epoch(told: dict[int, list[Floats]]) -> None:
    finish(experiment(plans=[LISTENING], steps=7, batch_size=100))
    assert len(told.pop(0)) == 7
    applied = finish(
        experiment(plans=[LISTENING], data={**SMALL, "n_train": 1000}, steps=7)
    ).history.applied_lr
    assert not told
    assert (applied == 0.3).all()


def test_a_member_that_diverges_stops_and_the_others_go_on() -> None:
    finished = finish(experiment(plans=["lr=1e6 ReduceLROnPlateau()", LISTENING], steps=100))
    assert (finished.history.diverged_at[0] >= 0).all()
    assert (finished.history.diverged_at[1] == -1).all()
    assert np.isfinite(finished.history.applied_lr[:, 1]).all()
