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


@pytest.mark.parametrize(
    ("rates", "labels"),
    [
        ((0.025, 0.4), ["0.05", "0.1", "0.2"]),
        ((0.0075, 2.4), ["0.01", "0.03", "0.1", "0.3", "1"]),
        ((3e-6, 3), ["1e-05", "0.0001", "0.001", "0.01", "0.1", "1"]),
        ((0.1, 0.1), ["0.1"]),
    ],
)
def test_the_axis_names_its_rates_the_fewer_of_each_decade_the_more_decades(
    rates: tuple[float, float], labels: list[str]
) -> None:
    low, high = rates
    axis = bowls_figure(PLANS, [bowl(low, {0: [1.0]}), bowl(high, {0: [1.0]})], "loss")["layout"]["xaxis"]
    named = zip(axis["tickvals"], axis["ticktext"], strict=True)
    assert [text for value, text in named if low <= value <= high] == labels
    assert "hoverformat" not in axis, "Plotly writes ticks that are listed in the format of a cursor"


def test_what_the_other_seeds_say_at_the_best_rate_is_marked_beside_the_ring() -> None:
    made = Bowl(0.1, {}, {}).with_race(0, np.array([2.0, 3.0])).with_race(1, np.array([1.0, 4.0]))
    lost = Bowl(0.2, {}, {}).with_race(0, np.array([2.0, np.inf]))
    figure = bowls_figure(PLANS, [made, lost], "loss")
    best, judged = part(figure, 0, "best"), part(figure, 0, "judged")
    assert (best["x"], best["y"]) == ([0.2], [1.0])
    assert (judged["x"], judged["y"]) == ([0.2], [4.0])
    assert part(figure, 1, "judged")["y"] == [], "a loss without end has no place on the chart"


def test_before_the_first_race_there_are_axes() -> None:
    assert all(trace["x"] == [] for trace in bowls_figure(PLANS, [bowl(0.1, {})], "loss")["data"])
