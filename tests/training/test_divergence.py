"""A member that blows up is frozen at the exact update, named, and harms nobody."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lrcore.results.events import Progress
from lrcore.training import train
from lrcore.training.divergence import EXPLODED
from lrcore.training.reference import train_member
from tests.training.support import experiment, finish

CALM = "lr=0.05"
CURVE = {"kind": "sine", "n_train": 100, "n_val": 50}
# calm until update 37, then far too large
RISING = "lr=0.05 MultiStepLR(milestones=[37], gamma={factor}) per iteration"


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize(("factor", "reason"), [(1e3, "exploded"), (1e300, "non-finite")])
def test_it_is_frozen_at_its_update_and_the_others_keep_their_bits(
    activation: str, optimizer: str, factor: float, reason: str
) -> None:
    rising, model = RISING.format(factor=factor), {"hidden": [8, 8], "activation": activation}
    common = {"data": CURVE, "model": model, "optimizer": {"kind": optimizer}, "steps": 90}
    calm = finish(experiment(plans=[CALM, CALM, CALM], **common)).history
    wild = finish(experiment(plans=[CALM, rising, CALM], **common))
    history = wild.history
    assert wild.reasons == ("", "", reason, reason, "", "")
    assert (history.diverged_at[[0, 2]] == -1).all()
    for name in ("train_loss", "val_loss", "val_metric", "minibatch_loss", "applied_lr"):
        np.testing.assert_array_equal(getattr(history, name)[:, [0, 2]], getattr(calm, name)[:, [0, 2]])
    for seed in range(2):
        d = history.diverged_at[1, seed]
        assert 37 <= d <= 41
        loss, applied = history.minibatch_loss[:, 1, seed], history.applied_lr[:, 1, seed]
        np.testing.assert_array_equal(loss[:37], calm.minibatch_loss[:37, 1, seed])
        assert np.isfinite(loss[:d]).all()
        assert not np.isnan(loss[d])
        assert np.isnan(loss[d + 1 :]).all()
        assert np.isfinite(applied[:d]).all()
        assert np.isnan(applied[d:]).all()
        frozen = history.train_loss[history.step >= d, 1, seed]
        assert (frozen == frozen[0]).all()
        assert not np.isnan(frozen).any()


def test_the_update_is_the_first_whose_loss_passes_the_limit() -> None:
    trained = experiment(
        data=CURVE, plans=["lr=1.2"], model={"hidden": [8], "activation": "relu"}, seeds=8, steps=120
    )
    history = finish(trained, torch.float64).history
    assert (history.diverged_at >= 0).any()
    chance = float(trained.data.load().y_train.var())
    for seed in range(8):
        loss = np.array(train_member(trained, trained.plans[0], seed, torch.float64).minibatch_loss)
        bad = np.flatnonzero(~(loss <= EXPLODED * max(history.train_loss[0, 0, seed], chance)))
        assert history.diverged_at[0, seed] == (bad[0] if len(bad) else -1)


def test_weights_that_overflow_are_found_although_the_loss_is_still_finite() -> None:
    finished = finish(experiment(plans=["lr=1e300", CALM], steps=3))
    assert finished.reasons == ("non-finite", "non-finite", "", "")
    np.testing.assert_array_equal(
        finished.history.diverged_at[0], 0
    )  # the first update made them infinite: it is taken back
    assert (finished.history.train_loss[:, 0] == finished.history.train_loss[0, 0]).all()
    np.testing.assert_array_equal(finished.history.lr[:, 0], 1e300)


def test_progress_names_it_from_then_on() -> None:
    trained = experiment(data=CURVE, plans=[RISING.format(factor=1e300)], seeds=1, steps=120)
    events = [event for event in train(trained, device="cpu") if isinstance(event, Progress)]
    d = events[-1].diverged_at[0, 0]
    for event in events:
        assert event.diverged_at[0, 0] == (d if event.step > d else -1)
        assert event.lr[0, 0] == (0.05 if event.step <= 37 else trained.plans[0].lr([d - 1])[0])
    assert np.isnan(events[-1].minibatch_loss[0, 0])


def test_a_catapult_is_no_divergence() -> None:
    trained = experiment(
        data=CURVE,
        plans=["lr=0.2"],
        model={"hidden": [16], "activation": "relu"},
        seeds=6,
        batch_size=100,
        steps=80,
    )
    history = finish(trained).history
    jumped = history.minibatch_loss.max(axis=0) > 1.5 * history.minibatch_loss[0]
    assert jumped.any()
    assert (history.diverged_at == -1).all()
