"""The Curves page as a visitor meets it: every test drives the running app in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Page, expect

from lrcore import parse_plan
from lrcore.analysis import readout
from lrcore.dialects import plan_to_code
from tests.benchmarks.drag_curves import drag, link
from tests.browser.conftest import App, address, wait_for
from tests.browser.curves_page import PLANS, choose, curves, drawn, names, new_page, paste, quiet, table
from tests.browser.test_playground import type_value

__all__ = ["curves", "new_page"]  # fixtures
pytestmark = pytest.mark.browser
STEP_CALL = "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)"
BY_HAND = """def adjust_learning_rate(optimizer, iteration_count):
    lr = 1e-4 / (1.0 + 5e-5 * iteration_count)
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr
"""


def test_the_blogs_two_snippets_are_two_plans_matched_on_the_final_lr(curves: Callable[..., Page]) -> None:
    page = curves(curve_steps=90, curve_epoch=1)
    paste(page, STEP_CALL, "Replace the plans")
    expect(page.get_by_text("does not say its base lr")).to_be_visible()
    expect(page.get_by_role("textbox", name="paste code or a plan")).to_have_value(STEP_CALL)
    expect(page.get_by_role("spinbutton", name="base lr for pasted code")).to_have_value("0.1")
    wait_for(lambda: names(page) == ["1 · StepLR"], "the built-in scheduler")
    paste(page, BY_HAND, "Add to the plans")
    wait_for(lambda: names(page) == ["1 · StepLR", "2 · InverseTimeDecay"], "the rule by hand beside it")
    wait_for(
        lambda: "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration" in unquote_plus(address(page)),
        "the address bar to follow",
    )

    choose(page, "plan to edit", "1 · StepLR")
    page.get_by_role("button", name="Match…").click()
    expect(page.get_by_text("Both share the last rate")).to_be_visible()
    page.get_by_role("button", name="Add this plan").click()
    wait_for(lambda: len(names(page)) == 3, "the matched plan")
    first, _, matched = drawn(page)
    assert matched["y"][-1] == pytest.approx(first["y"][-1], rel=1e-9)

    page.get_by_role("tab", name="Code").click()
    page.get_by_role("tabpanel").get_by_role("combobox", name="plan", exact=True).click()
    page.get_by_role("option", name="all plans").click()
    wait_for(
        lambda: (
            page.locator("[data-testid=stCode]", has_text="# plan: lr=").first.inner_text().count("# plan: ")
            == 3
        ),
        "all snippets",
    )
    code = page.locator("[data-testid=stCode]", has_text="# plan: lr=").first.inner_text()
    for text in (
        "lr=0.1 StepLR(step_size=30, gamma=0.1)",
        "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration",
    ):
        snippet = plan_to_code(parse_plan(text))  # tests/dialects runs it
        written = [line for line in snippet.splitlines() if line]
        assert "\n".join(written) in "\n".join(line for line in code.splitlines() if line)
    page.set_viewport_size({"width": 390, "height": 844})
    hidden = "all => all.map(one => one.scrollWidth - one.clientWidth).filter(over => over > 0)"
    wait_for(lambda: not page.locator(".stCode pre").evaluate_all(hidden), "every line to end in sight")
    assert page.locator(".stCode pre").count() == 3  # the plans' code, and the question's two


def test_the_table_says_what_analysis_says(curves: Callable[..., Page]) -> None:
    page = curves(*PLANS, curve_steps=450_360, curve_epoch=5004)
    for text, row in zip(PLANS, table(page), strict=True):
        out = readout(parse_plan(text), 450_360, 5004)
        at = float(parse_plan(text).lr(225_180, 5004))
        assert row[1] == f"{at:.4g}"
        top = f"{out.peak_step:,}"
        assert row[3:9] == [
            f"{out.half_life:,}", f"{out.final_lr:.4g}", f"{out.peak_lr:.4g}", top, f"{out.total:.4g}",
            f"{out.squares:.4g}"
        ]  # fmt: skip
        assert row[10:] == [f"{100 * out.half_spent_share:.1f} %", "fails"]


def test_zoom_survives_a_drag_that_redraws_twenty_plans(curves: Callable[..., Page], app: App) -> None:
    page = curves(url=link(app.url))
    assert len(drawn(page)) == 20
    page.evaluate(
        """() => window.Plotly.relayout(
            document.querySelector('[data-testid="chart-curves_chart"] .js-plotly-plot'),
        {'xaxis.range[0]': 1e6, 'xaxis.range[1]': 5e6})"""
    )
    before = table(page)[0]
    seen = drag(page, "base_lr of plan 1", 60, pause_ms=60)
    assert len(seen) >= 8, f"{len(seen)} redraws in 60 moves"
    wait_for(lambda: table(page)[0] != before, "the table to follow when the slider is let go")
    chart = '[data-testid="chart-curves_chart"] .js-plotly-plot'
    spans = page.evaluate(
        f"() => {{ const l = document.querySelector('{chart}')._fullLayout; return [l.xaxis.range,"
        " l.xaxis2.range] }"
    )
    assert [round(x) for x in spans[0]] == [1_000_000, 5_000_000]
    assert [round(x) for x in spans[1]] == [100, 500], "the epochs follow the zoom"
    assert page.locator('[data-testid="chart-curves_chart"]').get_attribute("data-mounts") == "1"


def test_the_choice_of_the_edited_plan_says_what_the_plan_is(curves: Callable[..., Page]) -> None:
    page = curves(*PLANS)
    edited = page.get_by_role("combobox", name="plan to edit")
    expect(edited).to_have_value("1 · StepLR")
    choose(page, "schedule of plan 1", "ExponentialLR")
    expect(edited).to_have_value("1 · ExponentialLR")
    page.get_by_text("log rate", exact=True).click()  # with it comes what the browser holds of the choice
    wait_for(lambda: "y_axis=log" in address(page), "the axis to change")
    choose(page, "plan to edit", "2 · CosineAnnealingLR")
    expect(page.get_by_role("slider", name="T_max of plan 2", exact=True)).to_be_visible()
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)


def test_a_link_opens_the_same_page(curves: Callable[..., Page]) -> None:
    first = curves(*PLANS, curve_steps=450_360, curve_epoch=5004, y_axis="log", edit=2, ghost="yes")
    type_value(first, "T_max of plan 2", "80")
    wait_for(lambda: "T_max=80" in unquote_plus(address(first)), "the address bar to follow")
    quiet(first)
    second = curves(url=address(first))
    assert drawn(second) == drawn(first)
    assert len(drawn(second)) == 3, "two plans and the ghost"
    assert table(second) == table(first)
    assert address(second) == address(first)


def test_presets_and_undo(curves: Callable[..., Page]) -> None:
    page = curves()
    before = names(page)
    choose(page, "Presets", "ResNet on ImageNet")
    wait_for(
        lambda: names(page) == ["1 · StepLR", "2 · CosineAnnealingLR", "3 · InverseTimeDecay"],
        "the preset's plans",
    )
    wait_for(lambda: "curve_steps=450360" in address(page), "the address bar to follow")
    expect(page.get_by_text("90 epochs of 5,004")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: names(page) == before, "the plans from before")


HOSTILE = (
    "__import__('os').system('true')",
    "<script>alert(1)</script>",
    "(" * 3000,
    "lr=0.1 Foo()",
    "StepLR(",
)


def test_hostile_pastes_get_a_sentence_each_and_stay(curves: Callable[..., Page]) -> None:
    page = curves(PLANS[0])
    said: list[str] = [""]
    for text in HOSTILE:
        paste(page, text, "Add to the plans")
        alert = page.locator("[data-testid=stAlert]")
        wait_for(lambda alert=alert: "".join(alert.all_inner_texts()) not in said, "another sentence")
        said.append("".join(alert.all_inner_texts()))
        assert said[-1].endswith(".")
        expect(page.get_by_role("textbox", name="paste code or a plan")).to_have_value(text)
    assert names(page) == ["1 · StepLR"]
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_bad_horizons_are_refused_beside_the_field(curves: Callable[..., Page]) -> None:
    page = curves(PLANS[0], curve_steps=900, curve_epoch=10)
    box = page.get_by_role("spinbutton", name="updates", exact=True)
    box.fill("20000000")
    box.press("Enter")
    expect(page.get_by_text("steps=20000000 is not allowed")).to_be_visible()
    assert "curve_steps=900" in address(page)
    box.fill("1800")
    box.press("Enter")
    wait_for(lambda: "curve_steps=1800" in address(page), "the corrected horizon")
    expect(page.get_by_text("is not allowed")).to_have_count(0)
