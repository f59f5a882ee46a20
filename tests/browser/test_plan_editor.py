"""Cards of compositions, formulas and plans that listen, moved and typed in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Page, expect

from lrcore import parse_plan
from tests.browser.conftest import App, address, settled, traces, wait_done, wait_for

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
WARM = (
    "lr=0.1 SequentialLR([LinearLR(start_factor=0.1, total_iters=50), CosineAnnealingLR(T_max=250)],"
    " milestones=[50]) per iteration"
)
QUICK = {"steps": 300, "seeds": 2}


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("combobox", name=label).fill(option)
    page.get_by_role("option", name=f"{option} · ", exact=False).first.click()


def shown(page: Page) -> str:
    return unquote_plus(address(page))


def drawn_is(page: Page, text: str, per_epoch: int = 32) -> bool:
    """Whether the first plan's curve is that of the plan."""
    trace = traces(page, "lr")[0]
    return bool(trace["x"]) and trace["y"] == pytest.approx(
        parse_plan(text).lr([int(x) for x in trace["x"]], per_epoch), rel=1e-12
    )


def test_every_schedule_chosen_one_after_another_draws_and_trains(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.1", **QUICK))
    for kind in ("OneCycleLR", "SequentialLR", "Formula", "Piecewise", "ChainedScheduler", "LambdaLR"):
        choose(page, "schedule of plan 1", kind)
        wait_for(lambda kind=kind: f"lr=0.1 {kind}(" in shown(page), f"the address bar to say {kind}")
        text = shown(page).split("plan=")[1].split("&")[0]
        wait_for(lambda text=text: drawn_is(page, text), f"the curve of {text}")
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
    wait_done(page)


def test_the_slider_of_an_inner_part_moves_the_curve(app: App, new_page: NewPage) -> None:
    page = new_page(app.link(WARM, **QUICK))
    box = page.get_by_role("spinbutton", name="T_max of part 2 of plan 1", exact=True)
    box.fill("100")
    box.press("Enter")
    wait_for(lambda: "T_max=100" in shown(page), "the address bar to follow")
    wait_for(lambda: drawn_is(page, WARM.replace("250", "100")), "the curve to follow")
    thumb = page.get_by_role("slider", name="start_factor of part 1 of plan 1", exact=True)
    thumb.focus()
    thumb.press("ArrowRight")
    wait_for(lambda: "start_factor=0.1," not in shown(page), "the key to move the thumb")
    assert "T_max=100" in shown(page)


def test_parts_typed_as_text(app: App, new_page: NewPage) -> None:
    page = new_page(app.link(WARM, **QUICK))
    area = page.get_by_label("schedule of plan 1 as text", exact=True)
    area.fill("SequentialLR([StepLR(step_size=9)], milestones=[3, 4])")
    area.press("Control+Enter")
    expect(page.get_by_text("1 schedules need 0 milestones")).to_be_visible()
    assert "T_max=250" in shown(page), "the last good schedule stays"
    area.fill("Warmup(StepLR(step_size=90, gamma=0.1), warmup_steps=30)")
    area.press("Control+Enter")
    wait_for(
        lambda: drawn_is(
            page, "lr=0.1 Warmup(StepLR(step_size=90, gamma=0.1), warmup_steps=30) per iteration"
        ),
        "the new curve",
    )
    expect(page.get_by_role("slider", name="step_size of part 1 of plan 1", exact=True)).to_be_visible()


def test_the_names_of_a_formula_are_sliders_that_do_not_run_away(app: App, new_page: NewPage) -> None:
    page = new_page(
        app.link("lr=0.3 Formula('lr / (1 + d * t)', parameters={'d': 0.01}) per iteration", **QUICK)
    )
    thumb = page.get_by_role("slider", name="d of plan 1", exact=True)
    area = thumb.bounding_box()
    assert area
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] / 2, middle)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(area["x"] + area["width"] * (0.5 + 0.025 * step), middle, steps=2)
        page.wait_for_timeout(60)
    page.mouse.up()
    wait_for(lambda: "'d': 0.01}" not in shown(page), "the address bar to follow")
    settled(page)
    assert 0.015 < float(shown(page).split("'d': ")[1].split("}")[0]) < 0.06, (
        "the thumb is where the hand left it: a quarter above"
    )
    field = page.get_by_label("expression of plan 1", exact=True)
    field.fill("lr * exp(-k * t)")
    field.press("Enter")
    expect(page.get_by_role("slider", name="k of plan 1", exact=True)).to_be_visible()
    expect(page.get_by_role("slider", name="d of plan 1", exact=True)).to_have_count(0)


def test_a_plan_that_listens_is_drawn_once_it_has_trained(app: App, new_page: NewPage) -> None:
    page = new_page(
        app.link("lr=0.3 ReduceLROnPlateau(factor=0.5, patience=0)", "lr=0.1", steps=1001, seeds=3)
    )
    expect(page.get_by_text("follows each network's validation loss")).to_be_visible()
    wait_done(page)
    wait_for(lambda: traces(page, "lr")[0]["x"], "the rate that was applied")
    rates = traces(page, "lr")[0]
    assert (rates["x"][0], rates["x"][-1]) == (0, 1000)
    assert rates["y"][0] == 0.3
    assert rates["y"][-1] < 0.3
    assert all(later <= earlier for earlier, later in zip(rates["y"], rates["y"][1:], strict=False))
    expect(page.get_by_role("combobox", name="clock of plan 1")).to_have_count(0)


def test_the_momentum_has_a_panel_while_a_plan_drives_it(app: App, new_page: NewPage) -> None:
    page = new_page(
        app.link("lr=0.1 OneCycleLR(max_lr=0.1, total_steps=300) per iteration", "lr=0.1", **QUICK)
    )
    page.wait_for_selector('[data-testid="chart-momentum"] .js-plotly-plot')
    assert [trace["name"] for trace in traces(page, "momentum")] == ["1 · OneCycleLR"]
    assert min(traces(page, "momentum")[0]["y"]) == pytest.approx(0.85, abs=1e-3)
    choose(page, "schedule of plan 1", "StepLR")
    expect(page.locator('[data-testid="chart-momentum"]')).to_have_count(0)
    wait_done(page)
