"""The predicted loss under the thumb: dashed while a slider is dragged and under the race that follows, which
scores it; and what the losses are drawn against."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import (
    SLOW,
    App,
    address,
    live_state,
    settled,
    traces,
    wait_done,
    wait_for,
)
from tests.browser.curves_page import quiet
from tests.browser.test_drag import Frames, range_of, take

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
PLANS = (
    "lr=0.1",
    "lr=0.1 StepLR(step_size=100, gamma=0.3) per iteration",
    "lr=0.1 CosineAnnealingLR(T_max=400) per iteration",
)
TASK = {"optimizer": "SGD(momentum=0)", "model": "MLP(hidden=[16])", "steps": 400, "seeds": 3}
GAMMA = "gamma of plan 2"


def predicted(page: Page) -> list[dict[str, Any]]:
    return [trace for trace in traces(page, "loss") if trace["name"].endswith("predicted")]


def said(page: Page, part: str = "span") -> str:
    """What stands under the loss chart."""
    return page.locator(f'[data-testid="chart-loss"] .lrc-note {part}').inner_text()


def frame(page: Page, chart: str) -> Any:
    """Where a chart is."""
    return page.locator(f'[data-testid="chart-{chart}"] .lrc-frame').bounding_box()


def places(page: Page) -> list[Any]:
    return [frame(page, chart) for chart in ("lr", "loss")]


def choose_axis(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="loss axis").click()
    page.get_by_role("option", name=name, exact=True).click()
    wait_for(lambda: f"loss_axis={name}" in address(page), "the address bar to follow")


def test_the_predicted_loss_moves_with_the_thumb_and_is_scored_by_the_race(
    app: App, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page = context.new_page()
    frames = Frames(page)
    page.goto(app.link(*PLANS, **TASK))
    settled(page)
    wait_done(page)
    quiet(page)
    assert predicted(page) == []
    real, before, sent = traces(page, "loss"), places(page), frames.script
    to, seen = take(page, GAMMA), []
    for share in (0.4, 0.6, 0.8):
        to(share)
        wait_for(lambda: predicted(page) and predicted(page)[0]["y"] not in seen, "the dashed line to move")
        seen.append(predicted(page)[0]["y"])
    assert said(page).startswith("Dashed: predicted. Tried on"), "how far off they are on this run"
    words = page.locator(".lrs-note")
    value = page.get_by_role("spinbutton", name=GAMMA, exact=True).input_value()
    expect(words).to_contain_text(f"· {value}^")
    card = page.locator(".st-key-card_1").bounding_box()
    assert frames.script == sent, "the script has run while the slider was dragged"
    assert traces(page, "loss")[: len(real)] == real
    quiet_line = wait_still(page)
    reached = range_of(page, "loss")
    page.mouse.up()
    # it may be over before anybody looks
    wait_for(lambda: live_state(page) != "done" or traces(page, "loss")[: len(real)] != real, "the race")
    low, high = range_of(page, "loss")
    assert (low <= reached[0], high >= reached[1]) == (True, True), "the axis of the losses jumped"
    assert predicted(page)[0]["y"] == quiet_line, "the race draws over what was predicted"
    wait_done(page)
    badge = page.locator('[data-testid="chart-loss"] .lrc-badge')
    expect(badge).to_contain_text("prediction: ")
    expect(badge).to_contain_text("% off; ")
    assert "Tried on" not in said(page), "how far off is one number: the badge's"
    assert predicted(page)[0]["y"] == quiet_line
    assert traces(page, "loss")[: len(real)] != real
    assert places(page) == before, "nothing has moved"
    assert page.locator(".st-key-card_1").bounding_box() == card
    expect(words).to_contain_text(f"· {value}^")
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: traces(page, "loss")[: len(real)] == real, "the race before")
    quiet(page)
    ends = [math.log10(y) for trace in real for y in trace["y"] if y]
    low, high = range_of(page, "loss")
    assert low < min(ends) < max(ends) < high < low + 2 * (max(ends) - min(ends)), "made from the curves"

    to = take(page, "base_lr of plan 2")
    to(0.9), to(0.99)
    wait_for(lambda: "is above twice" in said(page), "the reason")
    assert predicted(page) == []
    assert said(page, "b") == "", "the badge was about another move"
    context.close()


def wait_still(page: Page) -> Any:
    """The dashed line when the last step has been answered."""
    last: list[Any] = [None]

    def same() -> bool:
        page.wait_for_timeout(150)
        now = predicted(page)[0]["y"]
        still, last[0] = now == last[0], now
        return still

    wait_for(same, "the last step")
    return last[0]


def test_the_losses_over_their_budget(app: App, new_page: NewPage) -> None:
    page = new_page(app.link(*PLANS, **TASK), viewport={"width": 1280, "height": 720})
    wait_done(page)
    quiet(page)
    before, rates, updates = places(page), traces(page, "lr"), traces(page, "loss")
    choose_axis(page, "budget")
    wait_for(lambda: traces(page, "loss") != updates, "the losses over their budget")
    wait_done(page)
    quiet(page)
    title = page.locator('[data-testid="chart-loss"] .xtitle')
    expect(title).to_have_text("budget (sum of learning rates)")
    losses = traces(page, "loss")
    assert [trace["y"] for trace in losses] == [trace["y"] for trace in updates]
    ends = [losses[plan * 4 + 2]["x"][-1] for plan in range(3)]
    assert ends == pytest.approx([40, 14.17, 20.05], abs=0.01), "the sum of each plan's rates"
    assert "noise" in said(page) or "budget" in said(page)
    assert (places(page), traces(page, "lr")) == (before, rates)
    area = frame(page, "loss")
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    readout = '[data-testid="chart-{}"] .lrc-readout'
    expect(page.locator(readout.format("loss"))).to_contain_text("budget")
    expect(page.locator(readout.format("lr"))).to_be_empty()

    to = take(page, GAMMA)
    to(0.5), to(0.6)
    line = wait_for(lambda: predicted(page), "the dashed line")[0]
    assert line["x"][-1] > 14.2, "more budget than the plan has had"


def test_the_switches_of_a_phone_stay_in_a_line_that_moves_no_chart(app: App, new_page: NewPage) -> None:
    page = new_page(app.link(*PLANS, **SLOW), viewport={"width": 390, "height": 844})
    row = page.locator(".st-key-switches")
    seen = []
    for name in ("Stop", "Train again"):
        button = row.get_by_role("button", name=name)
        expect(button).to_be_in_viewport(ratio=1)
        expect(row.get_by_role("combobox", name="loss axis")).to_be_in_viewport(ratio=1)
        assert row.evaluate("node => node.scrollWidth <= node.clientWidth"), "all has its place"
        assert row.evaluate("node => node.offsetHeight") <= 44
        seen.append(places(page))
        if name == "Stop":
            button.click()
    assert seen[0] == seen[1]
