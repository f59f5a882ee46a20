"""An experiment is a value; its JSON is a contract, its id the same everywhere, its limits told in
sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given

from lrcore import Experiment, ExperimentError, LRLabError, PlanError, parse_plan
from lrcore.values import limits
from tests.profiles import examples
from tests.strategies import experiments

CONTRACT = json.loads("""
{"data": {"kind": "checkerboard", "cells": 3, "n_train": 1024, "n_val": 512, "seed": 0},
 "model": {"hidden": [32, 32], "activation": "tanh"}, "optimizer": {"kind": "SGD", "momentum": 0.9},
 "plans": ["lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration",
            "lr=0.3 InverseTimeDecay(lr_decay=0.018) per iteration", "lr=0.3"],
 "seeds": 5, "batch_size": 32, "steps": 2000}
""")
# The same experiment has had this id since the first version: stored runs are found by it.
GOLDEN = [
    (CONTRACT, "91c1257470ab5acf"),
    ({"plans": ["lr=0.1"]}, "69175f84fda3d9a9"),
    (
        {
            "plans": ["lr=1e-4 CosineAnnealingLR(T_max=100)", "lr=0.05 MultiStepLR(milestones=[10, 20])"],
            "data": {"kind": "spirals", "arms": 3, "noise": 0.1},
            "model": {"hidden": [64], "activation": "relu"},
            "optimizer": {"kind": "Adam", "beta1": 0.8},
            "seeds": 2,
            "batch_size": 128,
            "steps": 300,
        },
        "30994a3be53023a5",
    ),
]


def made(**fields: Any) -> Experiment:
    return Experiment.model_validate({"plans": ["lr=0.3"], **fields})


def test_the_json_form_of_the_design_page() -> None:
    experiment = Experiment.model_validate(CONTRACT)
    assert [plan.text for plan in experiment.plans] == CONTRACT["plans"]
    assert experiment.data.kind == "checkerboard"
    assert (experiment.data.n_train, experiment.data.n_val) == (1024, 512)
    assert experiment.model.hidden == (32, 32)
    assert experiment.optimizer.kind == "SGD"
    assert (experiment.seeds, experiment.batch_size, experiment.steps) == (5, 32, 2000)
    dumped = json.loads(experiment.model_dump_json())
    assert dumped == experiment.model_dump(mode="json")
    assert {key: dumped[key] for key in ("plans", "seeds", "batch_size", "steps", "model")} == {
        key: CONTRACT[key] for key in ("plans", "seeds", "batch_size", "steps", "model")
    }
    assert CONTRACT["data"].items() <= dumped["data"].items()
    assert CONTRACT["optimizer"].items() <= dumped["optimizer"].items()


def test_every_key_but_plans_has_the_design_pages_default() -> None:
    assert made(plans=CONTRACT["plans"]) == Experiment.model_validate(CONTRACT)
    with pytest.raises(ExperimentError, match="An experiment needs plans"):
        Experiment.model_validate({})


@examples(60)
@given(experiment=experiments())
def test_json_reads_back_as_the_same_experiment(experiment: Experiment) -> None:
    again = Experiment.model_validate(json.loads(experiment.model_dump_json()))
    assert again == experiment
    assert again.id == experiment.id
    assert hash(again) == hash(experiment)


@pytest.mark.parametrize(("fields", "golden"), GOLDEN)
def test_the_id_is_the_one_of_the_first_version(fields: dict[str, Any], golden: str) -> None:
    assert Experiment.model_validate(fields).id == golden


def test_the_id_is_the_same_in_another_process() -> None:
    code = (
        "import json,sys; from lrcore import Experiment; print(*(Experiment.model_validate(e).id for e in"
        " json.load(sys.stdin)))"
    )
    for seed in ("1", "4242"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps([fields for fields, _ in GOLDEN]),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert run.stdout.split() == [golden for _, golden in GOLDEN]


def test_how_an_experiment_is_written_does_not_change_its_id() -> None:
    assert (
        made(plans=["lr=0.3 StepLR(500, gamma=3/10)"]).id
        == made(plans=[parse_plan("lr=0.3 StepLR(step_size=500, gamma=0.3)")]).id
    )
    assert made(data="checkerboard").id == made(data={"cells": 3, "kind": "checkerboard"}).id == made().id
    assert (
        made(optimizer={"kind": "SGD", "momentum": 0}).id
        == made(optimizer={"kind": "SGD", "momentum": 0.0}).id
    )


def test_the_id_changes_with_every_field() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"plans": ["lr=0.31"]},
        {"plans": ["lr=0.3", "lr=0.3"]},
        {"plans": ["lr=0.3 per iteration"]},
        {"plans": ["lr=0.3 StepLR(30)"]},
        {"plans": ["lr=0.3 StepLR(30, gamma=0.2)"]},
        {"plans": ["lr=0.3 StepLR(30, gamma=0.2)", "lr=0.1"]},
        {"plans": ["lr=0.1", "lr=0.3 StepLR(30, gamma=0.2)"]},
        {"data": {"kind": "checkerboard", "cells": 4}},
        {"data": {"kind": "checkerboard", "seed": 1}},
        {"data": {"kind": "checkerboard", "n_train": 1023}},
        {"data": {"kind": "checkerboard", "n_val": 511}},
        {"data": "xor"},
        {"data": "moons"},
        {"model": {"hidden": [32]}},
        {"model": {"hidden": [32, 32], "activation": "relu"}},
        {"optimizer": {"kind": "SGD", "momentum": 0.8}},
        {"optimizer": {"kind": "SGD", "nesterov": True}},
        {"optimizer": "Adam"},
        {"optimizer": {"kind": "Adam", "beta2": 0.9}},
        {"seeds": 4},
        {"batch_size": 31},
        {"steps": 1999},
    ]
    assert len({made(**change).id for change in changes}) == len(changes)


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({"plans": []}, ["plans", "at least 1"]),
        ({"plans": ["lr=1"] * 21}, ["plans", "at most 20"]),
        ({"plans": "lr=1"}, ["plans='lr=1'", "list"]),
        ({"seeds": 0}, ["seeds=0", "1 <= seeds <= 20"]),
        ({"seeds": 21}, ["seeds=21", "1 <= seeds <= 20"]),
        ({"steps": 20_001}, ["steps=20001", "20000"]),
        ({"steps": 2.5}, ["steps=2.5", "whole number"]),
        ({"steps": "200"}, ["steps must be a number", "'200'"]),
        ({"steps": True}, ["steps must be a number", "True"]),
        ({"steps": float("nan")}, ["steps=nan", "whole number"]),
        ({"steps": 10**400}, ["steps=", "20000"]),
        ({"batch_size": 0}, ["batch_size=0"]),
        ({"batch_size": 1025}, ["batch_size=1025", "1024"]),
        ({"stepz": 1}, ["no parameter 'stepz'", "batch_size"]),
        ({"model": {"hidden": []}}, ["The model", "hidden", "at least 1"]),
        ({"model": {"hidden": [8] * 7}}, ["hidden", "at most 6"]),
        ({"model": {"hidden": [257]}}, ["hidden[0]=257"]),
        ({"model": {"activation": "sin"}}, ["activation='sin'", "tanh, relu, gelu"]),
        ({"data": "spiral"}, ["'spiral'", "Did you mean spirals?", "digits"]),
        ({"data": {}}, ["data", '"kind"']),
        ({"data": {"kind": "spirals", "arms": 9}}, ["arms=9", "2 <= arms <= 5"]),
        ({"data": {"kind": "spirals", "cells": 2}}, ["no parameter 'cells'"]),
        ({"data": {"kind": "spirals", 1: 2}}, ["strings"]),
        ({"data": {"kind": "spirals", "n_train": 5000}}, ["n_train=5000", "4096"]),
        ({"data": 5}, ["5"]),
        ({"optimizer": "adam"}, ["Did you mean Adam?"]),
        ({"optimizer": {"kind": "SGD", "momentum": 1}}, ["momentum=1", "momentum < 1"]),
        ({"optimizer": {"kind": "SGD", "momentum": 0, "nesterov": True}}, ["nesterov", "momentum"]),
        ({"x" * 10_000: 1}, ["no parameter", "…"]),
        ({"steps": "9" * 10_000}, ["must be a number", "…"]),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, dict) else "",
)
def test_limits_are_told_in_sentences(fields: dict[str, Any], parts: list[str]) -> None:
    with pytest.raises(ExperimentError) as caught:
        made(**fields)
    message = str(caught.value)
    assert len(message) < 500
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    "plans", [["lr=0"], [None], [{}], [{"base_lr": 1, "schedule": {}}], ["lr=1 Stepp(3)"]]
)
def test_a_bad_plan_keeps_its_own_sentence(plans: list[Any]) -> None:
    with pytest.raises(PlanError):
        made(plans=plans)


@pytest.mark.parametrize("value", [None, [], "lr=1", 7])
def test_what_is_not_an_experiment_is_refused(value: object) -> None:
    with pytest.raises(LRLabError, match="An experiment"):
        Experiment.model_validate(value)


def test_epochs_count_the_smaller_last_batch() -> None:
    experiment = made(data={"kind": "xor", "n_train": 100}, batch_size=32, steps=40)
    assert experiment.steps_per_epoch == 4
    assert experiment.epochs == 10
    assert made(data={"kind": "xor", "n_train": 8}, batch_size=1024).steps_per_epoch == 1
    assert made(plans=["lr=1", "lr=2"], seeds=3).members == 6


def test_an_experiment_is_immutable() -> None:
    with pytest.raises(Exception, match="frozen"):
        made().steps = 5


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ({"steps": 100}, {"steps": 200}),
        ({"seeds": 1}, {"seeds": 2}),
        ({"plans": ["lr=1"]}, {"plans": ["lr=1", "lr=2"]}),
        ({"batch_size": 8}, {"batch_size": 16}),
        ({"model": {"hidden": [8]}}, {"model": {"hidden": [16]}}),
        ({"model": {"hidden": [8]}}, {"model": {"hidden": [8, 8]}}),
        ({"data": {"kind": "xor", "n_train": 512}}, {"data": {"kind": "xor", "n_train": 1024}}),
        ({"data": {"kind": "xor", "n_val": 512}}, {"data": {"kind": "xor", "n_val": 1024}}),
        ({"data": {"kind": "xor", "n_train": 1297}}, {"data": "digits"}),
    ],
)
def test_more_work_is_estimated_to_cost_more(small: dict[str, Any], large: dict[str, Any]) -> None:
    assert 0 < made(**small).estimated_seconds < made(**large).estimated_seconds


def test_a_batch_beyond_the_data_costs_no_more() -> None:
    data = {"kind": "xor", "n_train": 64}
    assert (
        made(data=data, batch_size=64).estimated_seconds == made(data=data, batch_size=1024).estimated_seconds
    )


def test_too_much_work_is_refused_with_its_cost_and_a_way_out() -> None:
    heavy = {"seeds": 20, "steps": 20_000, "model": {"hidden": [256] * 6}, "batch_size": 1024}
    with pytest.raises(ExperimentError, match=r"about \d+ minutes; one job may take 15.*fewer steps"):
        made(**heavy)
    assert made(seeds=20, steps=20_000).estimated_seconds < limits.COST_MAX_S
