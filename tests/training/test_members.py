"""Who a member is: its weights and its minibatches belong to its seed, whatever else is trained with it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from lrcore.training.layout import Layout, build_network
from lrcore.training.minibatches import batch_bounds, epoch_order
from lrcore.training.reference import minibatches
from tests.training.support import experiment, finish


def test_a_seed_has_the_weights_of_torch_manual_seed() -> None:
    trained = experiment(
        plans=["lr=0.1", "lr=0.2", "lr=0.3"], seeds=4, data={"kind": "digits"}, model={"hidden": [7, 5]}
    )
    layout = Layout.of(trained, trained.members)
    layers = layout.layers(layout.initial(trained, torch.float32))
    for seed in range(4):
        torch.manual_seed(seed)
        plain = nn.Sequential(nn.Linear(64, 7), nn.Tanh(), nn.Linear(7, 5), nn.Tanh(), nn.Linear(5, 10))
        for plan in range(3):
            for layer, index in zip(layers, (0, 2, 4), strict=True):
                assert torch.equal(layer[plan * 4 + seed, :, :-1], plain[index].weight)
                assert torch.equal(layer[plan * 4 + seed, :, -1], plain[index].bias)


def test_building_networks_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    build_network(experiment(), 0)
    finish(experiment(steps=2))
    assert torch.equal(torch.rand(3), expected)


def test_an_epoch_is_a_shuffled_pass_with_every_point_once() -> None:
    n, batch = 100, 32
    orders = [epoch_order(3, epoch, n, batch) for epoch in range(3)]
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), np.arange(n))
    assert all(not np.array_equal(a, b) for a, b in pairwise(orders))
    assert not np.array_equal(epoch_order(4, 0, n, batch), orders[0])
    bounds = [batch_bounds(step, n, batch) for step in range(5)]
    assert bounds == [(0, 0, 32), (0, 32, 64), (0, 64, 96), (0, 96, 100), (1, 0, 32)]
    sizes = [len(points) for _, points in minibatches(experiment(steps=5), 0)]
    assert sizes == [32, 32, 32, 4, 32]


def test_a_seed_trains_alike_alone_and_among_twenty() -> None:
    alone, among = experiment(seeds=1, steps=30), experiment(seeds=20, steps=30)
    a, b = finish(alone, torch.float64).history, finish(among, torch.float64).history
    np.testing.assert_allclose(a.minibatch_loss[:, :, 0], b.minibatch_loss[:, :, 0], rtol=1e-10)


def test_plans_are_paired_and_their_order_does_not_matter() -> None:
    one = finish(experiment(plans=["lr=0.1", "lr=0.01"]), torch.float64).history
    other = finish(experiment(plans=["lr=0.01", "lr=0.1"]), torch.float64).history
    np.testing.assert_allclose(one.minibatch_loss, other.minibatch_loss[:, ::-1], rtol=1e-10)
    np.testing.assert_array_equal(
        one.minibatch_loss[0, 0], one.minibatch_loss[0, 1]
    )  # same weights, same minibatch
    assert (
        one.minibatch_loss[0, :, 0] != one.minibatch_loss[0, :, 1]
    ).all()  # another seed is another member


def test_two_runs_give_the_same_bits() -> None:
    trained = experiment(plans=["lr=0.3", "lr=0.1 StepLR(step_size=3)"], steps=100)
    a, b = finish(trained), finish(trained)
    for name in ("train_loss", "val_loss", "val_metric", "lr", "minibatch_loss", "applied_lr"):
        np.testing.assert_array_equal(getattr(a.history, name), getattr(b.history, name))
