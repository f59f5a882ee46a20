"""The Theory tab and the warnings, through Streamlit's AppTest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.figures.theory import sharing_figure
from tests.ui.test_curves_page import opened, with_tool
from ui.curves.theory import best_rates_compared
from ui.server import engine, offload

WSD = "lr=1 WarmupStableDecay(total_steps=4000, decay_steps=800, decay_shape='linear') per iteration"
COSINE = "lr=1 CosineAnnealingLR(T_max=4000) per iteration"


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    engine.stop()
    offload.stop()


def said(test: AppTest) -> str:
    """What captions and texts say, without the backslashes that keep it from being Markdown."""
    return "\n".join(one.value for one in [*test.caption, *test.markdown]).replace("\\", "")


def test_the_tab_says_the_ratio_and_the_ways_on() -> None:
    test = with_tool(opened(WSD, COSINE, curve_steps="4000", curve_epoch="1"), "Theory")
    assert not test.exception
    assert "| 2 · CosineAnnealingLR | 1.89 x |" in said(test)
    assert "plan 2 is 1.89 times the best one for plan 1" in said(test)
    assert "have the same order as the table" in said(test)
    assert "lower second stage (0.525 x the highest rate) | 3,200 |" in said(test)


@pytest.mark.parametrize(
    ("times", "fair"), [(1.0, True), (1.04, True), (0.96, True), (1.06, False), (0.94, False)]
)
def test_one_shared_rate_is_called_unfair_only_where_the_best_rates_differ(times: float, fair: bool) -> None:
    text = best_rates_compared(1, 0, times)
    assert ("fair to both" in text) == fair
    assert (f"is {times:.3g} times" in text and "unfair" in text) != fair


def test_a_plan_that_listens_has_no_bound_and_the_tab_still_opens() -> None:
    test = with_tool(opened("lr=0.1 ReduceLROnPlateau()", COSINE, curve_steps="900"), "Theory")
    assert not test.exception
    assert "Plan 1: " in said(test)


def test_four_devices_take_the_end_of_a_plan_that_counts_batches_and_stand_in_the_link() -> None:
    test = with_tool(opened(COSINE, curve_steps="4000", curve_epoch="80", accumulation="2"), "Theory")
    assert "so the scheduler is stepped 2,000 times" in said(test)
    test.number_input(key="devices@0").set_value(4).run()
    assert not test.exception
    assert "so the scheduler is stepped 500 times: the plan ends at" in said(test)
    assert (test.query_params["devices"], test.query_params["accumulation"]) == ("4", "2")
    test.number_input(key="devices@0").set_value(0).run()
    assert "devices must be a whole number from 1" in test.error[0].value.replace("\\", "")
    assert test.query_params["devices"] == "4"


def test_a_warning_stands_below_the_chart_only_where_it_is_due() -> None:
    due = opened("lr=0.1 CosineAnnealingLR(T_max=50)", curve_steps="9000", curve_epoch="100")
    assert "Plan 1: CosineAnnealingLR is over at update 5,000" in said(due)
    sound = opened("lr=0.1 CosineAnnealingLR(T_max=90)", curve_steps="9000", curve_epoch="100")
    assert ":material/warning:" not in said(sound)


def test_the_ghost_of_a_plan_on_devices_that_do_not_divide_an_epoch_ends_with_the_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends: list[tuple[float, float]] = []

    def kept(*given: Any) -> Any:
        figure = sharing_figure(*given)
        ends.append((figure["data"][0]["x"][-1], figure["data"][1]["x"][-1]))
        return figure

    monkeypatch.setattr("ui.curves.sharing.sharing_figure", kept)
    plan = "lr=1 CosineAnnealingLR(T_max=90)"
    test = with_tool(opened(plan, curve_steps="9000", curve_epoch="100", devices="8"), "Theory")
    made, ghost = ends[-1]
    assert ghost == pytest.approx(made, abs=100), "within the last epoch"
    assert "best highest rate" not in said(test), "one plan alone has none to be compared with"
