"""Everything in view on the Playground: the slider that is dragged and both charts, in a projector's window
and on a phone, whatever the number of plans; one card open at a time, and nothing lost when it folds."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from lrcore.figures.theme import color
from tests.benchmarks.drag_curves import EIGHT
from tests.browser.cards import fold_line, open_card, open_experiment, opened
from tests.browser.conftest import (
    App,
    address,
    box,
    last,
    settled,
    slider,
    traces,
    type_value,
    wait_done,
    wait_for,
)

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
WINDOWS = [{"width": width, "height": height} for width, height in ((1280, 720), (1366, 768), (390, 844))]
SMALL = {"steps": 400, "seeds": 1}
FOUR = ("lr=0.3", "lr=0.03", *EIGHT[:2])


def whole(page: Page, part: Locator) -> bool:
    """Whether an element lies in the window with all of its area, and nothing lies over its middle."""
    area, window = part.bounding_box(), page.viewport_size
    assert area, f"{part} is not drawn"
    assert window
    inside = (
        area["x"] >= 0
        and area["y"] >= 0
        and area["x"] + area["width"] <= window["width"]
        and area["y"] + area["height"] <= window["height"]
    )
    on_top = """node => { const area = node.getBoundingClientRect()
        const seen = document.elementFromPoint(area.x + area.width / 2, area.y + area.height / 2)
        return node.contains(seen) }"""
    return inside and bool(part.evaluate(on_top))


def chart_frame(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="chart-{name}"] .lrc-frame')


def in_view(page: Page, thumb: str) -> list[str]:
    """What of the slider and the two charts is not in sight."""
    parts = {
        "slider": slider(page, thumb),
        "rates": chart_frame(page, "lr"),
        "losses": chart_frame(page, "loss"),
    }
    return [name for name, part in parts.items() if not whole(page, part)]


@pytest.mark.parametrize("plans", [FOUR, EIGHT], ids=["four", "eight"])
def test_the_thumb_and_both_charts_are_in_sight_without_scrolling(
    app: App, new_page: NewPage, plans: tuple[str, ...]
) -> None:
    page = new_page(app.link(*plans, **SMALL), viewport=WINDOWS[0])
    wait_done(page)
    thumb = f"gamma of plan {next(number for number, plan in enumerate(plans, 1) if 'StepLR' in plan)}"
    for window in WINDOWS if plans is FOUR else WINDOWS[::2]:  # eight in the lowest and in the narrowest
        page.set_viewport_size(window)
        wait_for(lambda: not in_view(page, thumb), f"all to be in view at {window}: {in_view(page, thumb)}")
        area, before, url = slider(page, thumb).bounding_box(), traces(page, "lr"), address(page)
        assert area
        middle = area["y"] + area["height"] / 2
        page.mouse.move(area["x"] + area["width"] * 0.3, middle)
        page.mouse.down()
        page.mouse.move(area["x"] + area["width"] * (0.5 + window["width"] / 10_000), middle, steps=4)
        wait_for(lambda before=before: traces(page, "lr") != before, "the curve to follow")
        assert in_view(page, thumb) == []
        page.mouse.up()
        wait_for(lambda url=url: address(page) != url, "the address bar to follow")
        wait_done(page)
        assert in_view(page, thumb) == [], f"the end of a race moves nothing, at {window}"
        assert page.locator(".stMain").evaluate("node => node.scrollTop") == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
        upper = chart_frame(page, "lr" if plans is FOUR else "momentum").bounding_box()
        lower = chart_frame(page, "loss").bounding_box()
        assert upper
        assert lower
        assert lower["y"] - upper["y"] - upper["height"] < 10, "nothing stands between the charts"
    open_card(page, len(plans))
    wait_for(lambda: opened(page) == [len(plans)], "the last card to open")
    for window in WINDOWS:
        page.set_viewport_size(window)
        page.locator(".stMain").evaluate("node => node.scrollTo(0, 0)")
        thumb = f"base_lr of plan {len(plans)}"
        slider(page, thumb).scroll_into_view_if_needed()
        wait_for(lambda thumb=thumb: not in_view(page, thumb), f"all to be in view: {in_view(page, thumb)}")
        names = page.locator('[data-testid="stTopNav"], .st-key-phone_menu').filter(visible=True)
        way = names.get_by_role("link", name="Curves")  # of two bars, which change places with the width
        wait_for(
            lambda way=way: way.count() == 1 and whole(page, way), "the way to the other page to be seen"
        )


def test_one_card_is_open_at_a_time_and_opening_draws_no_chart(app: App, new_page: NewPage) -> None:
    page = new_page(app.link(*FOUR, **SMALL))
    wait_done(page)
    assert opened(page) == [3], "at first that of the first plan with a schedule"
    expect(page.get_by_text("Drag gamma of plan 3")).to_be_visible()
    expect(page.locator(".st-key-open_3")).to_contain_text("Plan 4 lr=0.3 InverseTimeDecay(lr_decay=0.01)")
    drawn = page.locator('[data-testid="chart-lr"]').get_attribute("data-redraws")
    open_card(page, 4)
    wait_for(lambda: opened(page) == [4], "the other card to fold")
    text = parse_qs(urlsplit(address(page)).query)["plan"]
    for plan in (3, 4):  # a card that is drawn again says what its plan is, and changes nothing
        open_card(page, plan)
        page.wait_for_timeout(300)
    assert parse_qs(urlsplit(address(page)).query)["plan"] == text
    expect(slider(page, "lr_decay of plan 4")).to_be_visible()
    expect(page.get_by_text("Drag lr_decay of plan 4")).to_be_visible()
    open_experiment(page)
    wait_for(lambda: opened(page) == [], "all cards to fold")
    assert page.locator('[data-testid="chart-lr"]').get_attribute("data-redraws") == drawn
    type_value(page, "seeds", "2")
    wait_for(lambda: "seeds=2" in address(page), "the address bar to follow")
    fold_line(page, "open_experiment").click()
    expect(slider(page, "seeds")).to_have_count(0)
    expect(page.locator(".st-key-open_experiment")).to_contain_text("2 seeds")
    before = address(page)
    open_experiment(page)
    page.wait_for_timeout(300)
    assert (address(page), box(page, "seeds").input_value()) == (before, "2")
    page.get_by_role("button", name="Add a plan").click()
    wait_for(lambda: opened(page) == [5], "the new plan's card to open")


def test_cards_are_opened_and_folded_by_keys_which_keep_their_place(app: App, new_page: NewPage) -> None:
    page = new_page(app.link(*FOUR, **SMALL))
    wait_done(page)
    line = fold_line(page, "open_3")
    line.focus()
    line.press("Enter")
    wait_for(lambda: opened(page) == [4], "the card to open")
    expect(line).to_be_focused()
    for _ in range(4):  # past the two icons and the choices of schedule and clock
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(slider(page, "base_lr of plan 4")).to_be_focused()
    before = last(traces(page, "lr")[3]["y"])
    page.keyboard.press("ArrowRight")
    wait_for(lambda: last(traces(page, "lr")[3]["y"]) > before, "the curve to follow the key")
    line.focus()
    line.press("Space")
    wait_for(lambda: opened(page) == [], "the card to fold")
    expect(line).to_be_focused()
    expect(page.get_by_text("Open a plan")).to_be_visible()


def test_what_was_typed_and_refused_is_there_when_its_card_opens_again(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.1 MultiStepLR(milestones=[5, 9], gamma=0.5)", "lr=0.2", **SMALL))
    wait_done(page)
    type_value(page, "gamma of plan 1", "abc")
    expect(page.get_by_text("gamma must be a number")).to_be_visible()
    field = page.get_by_label("milestones of plan 1", exact=True)
    field.fill("9, five")
    field.press("Enter")
    expect(page.get_by_text("five", exact=False).first).to_be_visible()
    open_card(page, 2)
    expect(field).to_have_count(0)
    type_value(page, "base_lr of plan 2", "0.25")
    wait_for(lambda: "lr=0.25" in unquote_plus(address(page)), "the other plan to be changed")
    open_card(page, 1)
    expect(page.get_by_text("gamma must be a number")).to_be_visible()
    assert box(page, "gamma of plan 1").input_value() == "abc"
    assert field.input_value() == "9, five"
    type_value(page, "gamma of plan 1", "0.6")
    wait_for(lambda: "gamma=0.6" in unquote_plus(address(page)), "the corrected value to be used")
    settled(page)
    expect(page.get_by_text("gamma must be a number")).to_have_count(0)


def test_a_phone_names_the_lines_scrolls_with_an_edge_and_fits_the_results(
    app: App, new_page: NewPage
) -> None:
    page = new_page(app.link(*FOUR, **SMALL), viewport=WINDOWS[2], has_touch=True, is_mobile=True)
    wait_done(page)
    names = page.locator('[data-testid="chart-lr"] .lrc-key > *')
    expect(names).to_have_text(["1 constant 0.3", "2 constant 0.03", "3 StepLR", "4 InverseTimeDecay"])
    assert names.evaluate_all("nodes => nodes.every(node => node.scrollWidth <= node.clientWidth)")
    strokes = names.locator("path").evaluate_all("paths => paths.map(path => path.getAttribute('stroke'))")
    assert strokes == [color(plan) for plan in range(4)]
    for chart in ("lr", "loss"):
        plot = page.locator(f'[data-testid="chart-{chart}"]')
        drawing, buttons = (plot.locator(part).bounding_box() for part in (".nsewdrag", ".modebar"))
        assert drawing
        assert buttons
        assert buttons["x"] >= drawing["x"] + drawing["width"], f"its buttons lie beside the {chart} chart"
    page.locator(".stMain").evaluate("node => node.scrollTo(0, 300)")
    page.wait_for_timeout(200)
    assert whole(page, names.first), "the names stay in sight with the charts"
    table = page.locator(".lr-results")
    assert table.evaluate(
        "node => [...node.querySelectorAll('*')].every(e => e.scrollWidth <= e.clientWidth + 1)"
    )
    rows = table.locator("tbody tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert max(rows) < 120, rows
