"""What training says: the events, their shapes and their conventions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lrcore.errors import ExperimentError
from lrcore.results.events import Finished, Progress, Started, decode, encode
from lrcore.training import train
from lrcore.training.evaluation import evaluation_steps
from lrcore.training.reference import train_member
from tests.training.support import experiment, finish


def test_a_run_is_started_progress_finished_with_the_documented_shapes() -> None:
    trained = experiment(plans=["lr=0.1", "lr=0.2 ExponentialLR(gamma=0.5)", "lr=0.3"], steps=70)
    started, *middle, finished = train(trained, device="cpu")
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert (started.experiment_id, started.plans, started.seeds, started.steps) == (trained.id, 3, 2, 70)
    assert (started.steps_per_epoch, started.device) == (4, "cpu")
    np.testing.assert_array_equal(started.evaluations, evaluation_steps(70))
    history, count = finished.history, len(started.evaluations)
    assert (finished.steps_done, finished.stopped, finished.reasons) == (70, False, ("",) * 6)
    np.testing.assert_array_equal(history.step, started.evaluations)
    for name in ("train_loss", "val_loss", "val_metric", "lr"):
        assert getattr(history, name).shape == (count, 3, 2)
        assert getattr(history, name).dtype == np.float64
    assert history.minibatch_loss.shape == history.applied_lr.shape == (70, 3, 2)
    np.testing.assert_array_equal(history.diverged_at, np.full((3, 2), -1))
    progress = [event for event in middle if isinstance(event, Progress)]
    assert len(progress) == len(middle) == count
    for row, event in enumerate(progress):
        assert event.step == history.step[row]
        assert event.epoch == event.step / 4
        for name in ("train_loss", "val_loss", "val_metric", "lr"):
            np.testing.assert_array_equal(getattr(event, name), getattr(history, name)[row])
    assert decode(encode(finished)).experiment_id == trained.id


def test_progress_has_the_mean_minibatch_loss_and_the_last_rate() -> None:
    trained = experiment(plans=["lr=0.2 ExponentialLR(gamma=0.9) per iteration"], steps=300)
    *events, finished = train(trained, device="cpu")
    assert isinstance(finished, Finished)
    rates, before = 0.2 * 0.9 ** np.arange(300), 0
    for event in events[1:]:
        assert isinstance(event, Progress)
        if event.step == 0:
            assert np.isnan(event.minibatch_loss).all()
            np.testing.assert_allclose(event.lr, rates[0])
        else:
            np.testing.assert_allclose(
                event.minibatch_loss, finished.history.minibatch_loss[before : event.step].mean(axis=0)
            )
            np.testing.assert_allclose(event.lr, rates[event.step - 1])
        before = event.step


def test_the_applied_rate_is_the_plans_curve() -> None:
    trained = experiment(
        plans=["lr=0.2 StepLR(step_size=2, gamma=0.5)", "lr=0.1 CosineAnnealingLR(T_max=20) per iteration"]
    )
    applied = finish(trained).history.applied_lr
    for p, plan in enumerate(trained.plans):
        expected = plan.lr(np.arange(trained.steps), trained.steps_per_epoch)
        np.testing.assert_allclose(applied[:, p], np.stack([expected] * 2, axis=1), rtol=1e-12)


@pytest.mark.parametrize(
    "data", [{"kind": "spirals", "arms": 3, "n_train": 700, "n_val": 300}, {"kind": "sine", "n_train": 700}]
)
def test_an_evaluation_is_torchs_on_every_train_and_validation_point(data: dict[str, object]) -> None:
    trained = experiment(data=data, steps=25)
    history, loaded = finish(trained, torch.float64).history, trained.data.load()
    classes = loaded.task == "classification"
    for seed in range(2):
        model = train_member(trained, trained.plans[0], seed, torch.float64).model
        for x, y, loss in (
            (loaded.x_train, loaded.y_train, history.train_loss[-1, 0, seed]),
            (loaded.x_val, loaded.y_val, history.val_loss[-1, 0, seed]),
        ):
            function = nn.functional.cross_entropy if classes else nn.functional.mse_loss
            out = model(torch.tensor(x)).detach()
            assert loss == pytest.approx(float(function(out, torch.tensor(y))), rel=1e-9)
        if classes:
            expected = float((out.argmax(1).numpy() == y).mean())
        else:
            expected = 1 - float(((out.numpy() - y) ** 2).sum() / ((y - y.mean()) ** 2).sum())
        assert history.val_metric[-1, 0, seed] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 30, 59, 60, 100, 2000, 20_000])
def test_about_sixty_evaluations_spread_over_the_run(steps: int) -> None:
    at = evaluation_steps(steps)
    assert at.dtype == np.int64
    assert at[0] == 0
    assert at[-1] == steps
    assert len(at) <= 60
    assert (np.diff(at) > 0).all()
    if steps >= 100:
        assert len(at) >= 50
        assert np.diff(at).max() <= steps / 40 + 1


def test_a_device_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(ExperimentError, match="'tpu' arrived"):
        train(experiment(), device="tpu")
    assert next(iter(train(experiment(), device="cpu"))).device == "cpu"
    if not torch.cuda.is_available():
        with pytest.raises(ExperimentError, match="no GPU"):
            train(experiment(), device="cuda")
        assert next(iter(train(experiment()))).device == "cpu"
