"""The examples that the page offers: each is an experiment within limits with a claim and the numbers behind
it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import lrcore.gallery.examples
from lrcore import Experiment
from lrcore.gallery.examples import EXAMPLES, Example

RAW = json.loads(
    Path(lrcore.gallery.examples.__file__).with_name("examples.json").read_text(encoding="utf-8")
)
every_example = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)


def test_none_is_lost_and_none_is_there_twice() -> None:
    assert list(EXAMPLES) == list(RAW)
    assert len(EXAMPLES) >= 10
    assert len({example.experiment.id for example in EXAMPLES.values()}) == len(EXAMPLES)
    assert len({example.title for example in EXAMPLES.values()}) == len(EXAMPLES)
    assert len({example.claim for example in EXAMPLES.values()}) == len(EXAMPLES)


@every_example
def test_it_is_an_experiment_that_a_person_can_wait_for(example: Example) -> None:
    assert Experiment.model_validate(json.loads(example.experiment.model_dump_json())) == example.experiment
    assert example.experiment.estimated_seconds < 60
    assert example.experiment.seeds > 1  # one seed says nothing about a difference


@every_example
def test_it_says_what_it_shows(example: Example) -> None:
    assert example.title.strip() == example.title != ""
    assert len(example.claim.split()) > 5
    assert example.claim.endswith(".")


@every_example
def test_every_plan_was_measured(example: Example) -> None:
    assert len(example.measured) == len(example.experiment.plans)
    for row in example.measured:
        mean, deviation = row.final_train
        assert mean > 0
        assert deviation >= 0
        assert math.isfinite(mean + deviation)
        assert row.metric <= 1


@every_example
def test_contrasts_are_between_plans_that_exist_and_agree_with_what_was_measured(example: Example) -> None:
    assert example.contrasts
    for contrast in example.contrasts:
        assert contrast.winner != contrast.loser
        assert {contrast.winner, contrast.loser} <= set(range(len(example.experiment.plans)))
        assert 0 <= contrast.wins <= contrast.seeds
        low, high = contrast.interval
        assert 0 < low <= contrast.ratio <= high
        if low > 1:
            assert contrast.wins > contrast.seeds / 2
            assert (
                example.measured[contrast.winner].final_train[0]
                < example.measured[contrast.loser].final_train[0]
            )
        assert f"plan {contrast.winner + 1} ends" in contrast.text
        assert f"plan {contrast.loser + 1} [" in contrast.text
