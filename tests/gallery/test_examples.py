"""The examples that the page offers: each is an experiment within limits with a claim, and every number
that is said of it comes from what was measured."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from lrcore import Experiment
from lrcore.gallery.examples import EXAMPLES, Example
from lrcore.gallery.measured import FILE
from tests.benchmarks.examples import SEEDS, changed, ends, text

RAW = json.loads(FILE.with_name("examples.json").read_text(encoding="utf-8"))
every_example = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)


def test_none_is_lost_and_none_is_there_twice() -> None:
    assert list(EXAMPLES) == list(RAW)
    assert len(EXAMPLES) >= 19
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
def test_what_was_measured_is_this_experiment(example: Example) -> None:
    measured = example.measured
    assert measured.experiment == changed(example.experiment, seeds=SEEDS).id
    for stored in (measured.final_train, measured.metric, measured.lowest_at):
        assert stored.shape == (len(example.experiment.plans), SEEDS)
    assert (measured.final_train > 0).all()
    assert (measured.metric <= 1).all()


@every_example
def test_what_it_claims_is_what_was_measured(example: Example) -> None:
    for a, b in example.contrasts:
        assert example.measured.compared(a, b).better, f"plan {a + 1} and {b + 1}"
    for a, b in example.level:
        pair = example.measured.compared(a, b)
        assert pair.low <= 1 <= pair.high, f"plan {a + 1} and {b + 1}"


@every_example
def test_it_loads_with_as_many_seeds_as_the_page_needs_to_say_so_too(example: Example) -> None:
    """A network is that of its seed, however many others train: the first seeds are the run that loads."""
    seeds = example.experiment.seeds
    stored = example.measured
    loaded = replace(stored, final_train=stored.final_train[:, :seeds], metric=stored.metric[:, :seeds])
    for a, b in example.contrasts:
        assert loaded.compared(a, b).better, f"plan {a + 1} and {b + 1}"
    for a, b in example.level:
        pair = loaded.compared(a, b)
        assert pair.low <= 1 <= pair.high, f"plan {a + 1} and {b + 1}: told, or too few seeds"


@every_example
def test_each_number_of_its_caption_is_computed(example: Example) -> None:
    for index, losses in enumerate(example.measured.final_train):
        assert f"plan {index + 1} {np.median(losses):.3g}" in example.caption
    halved = replace(example.measured, final_train=example.measured.final_train / 2)
    for index, losses in enumerate(halved.final_train):
        assert f"plan {index + 1} {np.median(losses):.3g}" in replace(example, measured=halved).caption
    assert "±" not in example.caption


@pytest.mark.parametrize("entry", RAW.values(), ids=RAW)
def test_no_ratio_is_typed(entry: dict[str, str]) -> None:
    for words in (entry["title"], entry["claim"], entry.get("note", "")):
        assert not re.search(r"\d[\d.,]* (times|x)\b", words)


def test_what_the_words_say_of_single_examples_is_so() -> None:
    """What is no pair of plans: an order, an accuracy, a rate."""
    finals = {key: [row.final_train for row in found.measured.results] for key, found in EXAMPLES.items()}
    assert min(finals["01b_unmatched"][1:]) == finals["01b_unmatched"][2]  # "the best"
    u = finals["03b_gamma"]
    assert sorted(u[:4], reverse=True) == u[:4]
    assert sorted(u[3:]) == u[3:]
    assert min(finals["03_freeze"]) == finals["03_freeze"][4]
    for other in range(1, 6):  # "every shape that falls"
        assert EXAMPLES["05_budget"].measured.compared(other, 0).better
    accuracies = [row.metric for row in EXAMPLES["12b_digits_tuned"].measured.results]
    assert max(accuracies) - min(accuracies) < 0.005
    [exploded] = finals["13_range"]
    assert exploded > np.log(2)  # that of chance, at which it begins
    assert "lowest at a rate of 0.4" in EXAMPLES["13_range"].claim
    assert finals["10_momentum"][5] > np.log(2)


def test_that_the_opening_draw_was_chosen_is_said() -> None:
    opening = EXAMPLES["01_open"]
    draws = opening.measured.draws
    assert draws is not None
    assert draws.count == 16
    low, high = min(draws.ratios["3/1"]), max(draws.ratios["3/1"])
    assert low > 1
    assert "chosen, out of 39 and at a base lr of 0.3, as one" in opening.caption
    assert "Over 16 others, 5 seeds each" in opening.caption
    assert f"plan 3 ended {low:.3g} to {high:.3g} (median " in opening.caption
    assert "chosen as a vivid one" in EXAMPLES["01a_cliff"].caption
    assert "vivid" not in EXAMPLES["12_no_benefit"].caption


def test_the_store_is_as_the_command_writes_it() -> None:
    written = FILE.read_text(encoding="utf-8")
    assert text(json.loads(written)) == written


def test_the_product_trains_what_is_stored() -> None:
    """One seed and plan of the least chaotic example: another processor's rounding moves it by less."""
    example = EXAMPLES["12b_digits_tuned"]
    one = changed(example.experiment, plans=example.experiment.plans[:1], seeds=1)
    assert ends(one)["final_train"] == [[pytest.approx(example.measured.final_train[0, 0], rel=0.02)]]
