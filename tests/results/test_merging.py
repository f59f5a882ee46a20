"""An experiment in parts is the experiment: whoever trains which members, and whatever is said twice."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest
import torch

from lrcore import Experiment
from lrcore.experiment.part import Part, read_part, split
from lrcore.results.events import Event, Finished, History, Progress, Started
from lrcore.results.merging import Merge
from lrcore.training import train
from tests.training.support import experiment

# One that listens to its own members, one that explodes, and one whose rate is another at every step.
PLANS = [
    "lr=0.1 ReduceLROnPlateau(factor=0.3, patience=0)",
    "lr=1e6",
    "lr=0.2 StepLR(step_size=3, gamma=0.5) per iteration",
]
# How far a loss may move when a member is evaluated beside fewer others: the sum over the points is cut
# elsewhere, which rounds differently. On one machine its weights do not move at all, so nothing adds up.
FLOAT32 = 1e-6
CUTS = {
    "seeds": [(range(3), range(1)), (range(3), range(1, 4))],
    "plans": [(range(1), range(4)), (range(1, 3), range(4))],
    "both": list(itertools.product((range(2), range(2, 3)), (range(3), range(3, 4)))),
}


def _whole(**fields: Any) -> Experiment:
    return experiment(plans=PLANS, seeds=4, model={"hidden": [8, 8], "activation": "relu"}, **fields)


def _events(part: Part, dtype: torch.dtype = torch.float32) -> list[Event]:
    trained, first_seed = read_part(part.text)
    return list(train(trained, device="cpu", first_seed=first_seed, dtype=dtype))


def assert_same(merged: list[Event], alone: list[Event], rtol: float) -> None:
    assert [event.kind for event in merged] == [event.kind for event in alone]
    for ours, theirs in zip(merged, alone, strict=True):
        _assert_same_fields(ours, theirs, rtol)


def _assert_same_fields(ours: Event | History, theirs: Event | History, rtol: float) -> None:
    for field in dataclasses.fields(theirs):
        mine, other = getattr(ours, field.name), getattr(theirs, field.name)
        if field.name == "history":
            _assert_same_fields(mine, other, rtol)
        elif isinstance(other, np.ndarray):
            assert mine.dtype == other.dtype
            np.testing.assert_allclose(mine, other, rtol=rtol, atol=1e-7, err_msg=field.name)
        elif field.name != "seconds":
            assert mine == other, field.name


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_parts_trained_alone_are_the_members_of_the_whole(cut: str, optimizer: str) -> None:
    whole = _whole(optimizer={"kind": optimizer})
    parts = [Part(whole, plans, seeds) for plans, seeds in CUTS[cut]]
    merge = Merge(whole, parts)
    merged = [event for number, part in enumerate(parts) for event in merge.add(number, 0, _events(part))]
    alone = list(train(whole, device="cpu"))
    assert isinstance(alone[-1], Finished)
    if optimizer == "SGD":
        assert (alone[-1].history.diverged_at[1] >= 0).all()
    assert_same(merged, alone, FLOAT32)


def test_in_float64_the_cut_moves_nothing_that_counts() -> None:
    whole = experiment(plans=["lr=0.1", "lr=0.3"], seeds=4)
    parts = [Part(whole, range(2), range(3)), Part(whole, range(2), range(3, 4))]
    merge = Merge(whole, parts)
    merged = [
        event
        for number, part in enumerate(parts)
        for event in merge.add(number, 0, _events(part, torch.float64))
    ]
    assert_same(merged, list(train(whole, device="cpu", dtype=torch.float64)), 1e-10)


def test_a_part_that_is_trained_again_says_nothing_twice() -> None:
    whole = _whole()
    parts = [Part(whole, range(3), range(2)), Part(whole, range(3), range(2, 4))]
    first, second = (_events(part) for part in parts)
    merge = Merge(whole, parts)
    assert merge.add(0, 0, first[:20]) == []
    said = merge.add(1, 0, second[:10])
    assert [event.kind for event in said] == ["started"] + ["progress"] * 9
    assert merge.add(1, 0, second[:5]) == []  # its machine was lost: once more from the start
    assert merge.add(1, 15, second[15:18]) == []  # and something on the way too
    said += merge.add(1, 5, second[5:])
    assert [event.kind for event in said] == ["started"] + ["progress"] * 19
    said += merge.add(0, 0, first)
    assert_same(said, list(train(whole, device="cpu")), FLOAT32)
    assert [event.step for event in said if isinstance(event, Progress)] == list(said[0].evaluations)


def test_a_split_covers_every_member_once() -> None:
    for most, seeds in itertools.product((1, 2, 3, 4, 7, 16), (1, 5, 20)):
        whole = Experiment.model_validate({"plans": ["lr=0.1"] * 3, "seeds": seeds, "steps": 20_000})
        parts = split(whole, most)
        assert 1 <= len(parts) <= most
        members = [(p, s) for part in parts for p in part.plans for s in part.seeds]
        assert sorted(members) == list(itertools.product(range(3), range(seeds)))


def test_only_what_takes_long_is_split() -> None:
    short = Experiment.model_validate({"plans": ["lr=0.1"] * 4, "seeds": 5, "steps": 1000})
    assert len(split(short, 8)) == 1
    long = short.model_copy(update={"seeds": 20, "steps": 8000})
    parts = split(long, 4)
    assert len(parts) == 4
    assert {part.experiment.members for part in parts} == {20}
    assert isinstance(next(iter(train(parts[1].experiment, device="cpu"))), Started)
