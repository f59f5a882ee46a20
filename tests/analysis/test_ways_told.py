"""The ways to go on in words: what stands in the table and the sentence below it agree."""

from __future__ import annotations

import pytest

from lrcore import parse_plan
from lrcore.analysis.bound.continuing import Kind, Way, ways_on
from lrcore.analysis.bound.told import against_fresh, order_told, told
from lrcore.analysis.run import Run
from lrcore.figures.theory import ways_figure

PLAN = parse_plan(
    "lr=1 WarmupStableDecay(total_steps=4000, decay_steps=800, decay_shape='linear') per iteration"
)


def made(**bounds: float | None) -> list[Way]:
    kinds: dict[str, Kind] = {"unchanged": "unchanged", "two_stage": "two-stage", "longer": "longer"}
    return [Way(kinds[name], PLAN, 5, bound) for name, bound in bounds.items()] + [Way("fresh", PLAN, 0, 0.5)]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"unchanged": 0.8, "two_stage": 0.7, "longer": 0.6}, "have the same order as the table"),
        ({"unchanged": 0.8, "two_stage": 0.6, "longer": 0.7}, "have another order than the table"),
        ({"unchanged": 0.8, "two_stage": 0.7, "longer": 0.69999}, "have another order than the table"),
        ({"unchanged": 0.8, "two_stage": 0.7, "longer": None}, ""),
        ({"unchanged": 0.8, "two_stage": 0.7}, ""),
    ],
)
def test_the_sentence_on_the_order_is_true_of_the_table(bounds: dict[str, float | None], said: str) -> None:
    sentence = order_told(made(**bounds))
    assert said in sentence
    assert bool(said) == bool(sentence)


def test_the_table_has_each_way_by_its_name_and_against_the_fresh_run() -> None:
    ways = ways_on(PLAN, Run(steps=4000), 8000)
    assert "lower second stage (0.525 x the highest rate)" in [told(way) for way in ways]
    assert "highest rate, short cooldown (last 20 %)" in [told(way) for way in ways]
    assert against_fresh(ways)["fresh"] == "1.000"
    assert against_fresh(made(longer=None))["longer"] == "–"


def test_a_chart_with_epochs_has_room_above_for_their_numbers() -> None:
    points = [([0, 1], [1.0, 1.0])] * 2
    above = [
        ways_figure(made(longer=0.6), points, 10, Run(steps=20, steps_per_epoch=per))["layout"]["margin"]["t"]
        for per in (1, 5)
    ]
    assert above[1] - above[0] > 30
