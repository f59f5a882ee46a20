"""The bowls: their points, the best one, and what diverged."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import parse_plan
from lrcore.figures.tuning import bowls_figure
from lrcore.tuning import Bowl

PLANS = [parse_plan("lr=0.1"), parse_plan("lr=0.2 ExponentialLR(gamma=0.9)")]


def part(figure: dict[str, list[dict[str, object]]], plan: int, name: str) -> dict[str, object]:
    return next(trace for trace in figure["data"] if trace["uid"] == f"bowl-{plan}-{name}")


def bowl(peak: float, losses: dict[int, list[float]]) -> Bowl:
    made = Bowl(peak, {}, {})
    for power, values in losses.items():
        made = made.with_race(power, np.array(values * 2))
    return made


def test_a_bowl_is_drawn_over_the_highest_rate_with_its_best_ringed() -> None:
    figure = bowls_figure(PLANS, [bowl(0.1, {1: [3.0], 0: [2.0], -1: [4.0]}), bowl(0.2, {0: [1.0]})], "loss")
    assert part(figure, 0, "median")["x"] == pytest.approx([0.05, 0.1, 0.2])
    assert part(figure, 0, "median")["y"] == [4.0, 2.0, 3.0]
    assert (part(figure, 0, "best")["x"], part(figure, 0, "best")["y"]) == ([0.1], [2.0])
    assert part(figure, 0, "diverged")["x"] == []
    assert [figure["layout"][axis]["type"] for axis in ("xaxis", "yaxis")] == ["log", "log"]


def test_a_rate_at_which_most_seeds_diverge_is_a_cross_above_all_and_no_point_of_the_line() -> None:
    inf = np.inf
    losses = {-1: [1.0, 2.0, 3.0], 0: [2.0, 3.0, inf], 1: [9.0, inf, inf]}
    figure = bowls_figure(PLANS, [bowl(0.1, losses), bowl(0.2, {0: [inf] * 3})], "loss")
    assert part(figure, 0, "median")["y"] == [2.0, 3.0, None]
    (height,) = part(figure, 0, "diverged")["y"]
    assert part(figure, 0, "diverged")["x"] == [0.2]
    assert height > 9
    assert np.isfinite(part(figure, 0, "high")["y"]).all()
    assert part(figure, 1, "best")["x"] == [], "nothing is best where all is lost"
    assert part(figure, 1, "diverged")["y"] == [height]


def test_many_decades_have_fewer_ticks_each() -> None:
    wide = [bowl(0.3, {0: [1.0], -2: [1.0]}), bowl(0.03, {0: [1.0]})]
    ticks = bowls_figure(PLANS, wide, "loss")["layout"]["xaxis"]["tickvals"]
    assert [tick for tick in ticks if 0.03 <= tick <= 0.3] == [0.03, 0.1, 0.3]
    assert "tickvals" not in bowls_figure(PLANS[:1], wide[:1], "loss")["layout"]["xaxis"]


def test_before_the_first_race_there_are_axes() -> None:
    assert all(trace["x"] == [] for trace in bowls_figure(PLANS, [bowl(0.1, {})], "loss")["data"])
