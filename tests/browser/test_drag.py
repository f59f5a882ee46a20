"""A slider that is dragged moves its curve past the script, which runs once when the thumb is let go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from playwright.sync_api import Browser, Page, WebSocket, WebSocketRoute, expect

from tests.browser.cards import open_card
from tests.browser.conftest import (
    App,
    address,
    last,
    settled,
    slider,
    traces,
    type_value,
    wait_done,
    wait_for,
)
from tests.browser.curves_page import quiet

pytestmark = pytest.mark.browser
STEP = "lr=0.3 StepLR(step_size=200, gamma=0.3) per iteration"
CYCLE = "lr=0.1 CyclicLR(base_lr=0.01, max_lr=0.3, step_size_up=100) per iteration"
SMALL = {"steps": 400, "seeds": 1}


class Frames:
    """How many messages a page has sent to Streamlit and over our own socket."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sent = {"stream": 0, "drag": 0}
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        name = socket.url.rsplit("/", 1)[-1]
        if name in self._sent:
            socket.on("framesent", lambda _: self._sent.update({name: self._sent[name] + 1}))

    def _count(self, name: str) -> int:
        self._page.wait_for_timeout(1)  # Playwright tells of frames only while it is waited for
        return self._sent[name]

    @property
    def script(self) -> int:
        return self._count("stream")

    @property
    def steps(self) -> int:
        return self._count("drag")


Visit = Callable[..., tuple[Page, Frames]]


@pytest.fixture
def visit(app: App, browser: Browser) -> Iterator[Visit]:
    """Open the Playground with plans; what is sent is counted."""
    contexts = []

    def open_(*plans: str, before: Callable[[Page], None] = lambda _: None) -> tuple[Page, Frames]:
        contexts.append(browser.new_context(viewport={"width": 1400, "height": 1100}, has_touch=True))
        page = contexts[-1].new_page()
        frames = Frames(page)
        before(page)
        page.goto(app.link(*plans, **SMALL))
        settled(page)
        wait_done(page)  # the end of a race is told to the script too
        return page, frames

    yield open_
    for context in contexts:
        context.close()


def take(page: Page, name: str) -> Callable[[float], None]:
    """Take the thumb of a slider, whose card may be folded; the function moves it to a share of the slider's
    width."""
    if not slider(page, name).is_visible():
        open_card(page, int(name.rsplit(" ", 1)[1]))
    thumb = slider(page, name)
    thumb.scroll_into_view_if_needed()
    area = thumb.bounding_box()
    assert area
    middle = area["y"] + area["height"] / 2

    def to(share: float) -> None:
        page.mouse.move(area["x"] + area["width"] * share, middle)
        page.wait_for_timeout(60)

    to(0.3)
    page.mouse.down()
    return to


def let_go(page: Page) -> None:
    before = address(page)
    page.mouse.up()
    wait_for(lambda: address(page) != before, "the address bar to follow")


def end(page: Page, plan: int, chart: str = "lr") -> float:
    return last(traces(page, chart)[plan]["y"])


def range_of(page: Page, chart: str) -> list[float]:
    plot = f"""document.querySelector('[data-testid="chart-{chart}"] .js-plotly-plot')"""
    return [round(float(x), 12) for x in page.evaluate(f"() => {plot}._fullLayout.yaxis.range")]


def test_a_drag_runs_no_script_and_ends_with_what_the_script_draws(
    visit: Visit,
) -> None:
    page, frames = visit("lr=0.1", STEP, CYCLE)
    sent = frames.script
    to, seen = take(page, "gamma of plan 2"), set()
    for share in (0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        to(share)
        seen.add(end(page, 1))
    assert len(seen) >= 4, seen
    assert frames.steps >= 4
    assert frames.script == sent, "the script has run while the slider was dragged"
    value = page.get_by_role("spinbutton", name="gamma of plan 2", exact=True).input_value()
    wait_for(lambda: end(page, 1) == pytest.approx(0.3 * float(value)), "the last step")
    drawn, axis = traces(page, "lr"), range_of(page, "lr")
    page.mouse.up()
    wait_for(lambda: f"gamma={value}" in unquote_plus(address(page)), "the address bar to follow")
    quiet(page)
    assert (traces(page, "lr"), range_of(page, "lr")) == (drawn, axis)
    assert frames.script > sent
    for name, chart in (("base_lr of plan 1", "lr"), ("max_momentum of plan 3", "momentum")):
        before, to = traces(page, chart), take(page, name)
        to(0.9), to(0.95)
        wait_for(lambda b=before, c=chart: traces(page, c) != b, f"the {chart} to follow")
        page.wait_for_timeout(300)
        drawn, axis = traces(page, chart), range_of(page, chart)
        let_go(page)
        quiet(page)
        assert (traces(page, chart), range_of(page, chart)) == (drawn, axis)
    assert page.locator('[data-testid="chart-lr"]').get_attribute("data-mounts") == "1"


def test_keys_and_touch_take_the_same_way(visit: Visit) -> None:
    page, frames = visit(STEP)
    thumb = slider(page, "gamma of plan 1")
    thumb.focus()
    wait_for(lambda: page.evaluate("document.activeElement.type") == "range", "the focus")
    sent, before = frames.script, end(page, 0)
    thumb.press("ArrowRight")
    wait_for(lambda: end(page, 0) > before, "the curve to follow the key")
    assert frames.steps >= 1
    wait_for(lambda: frames.script > sent, "the script to hear of the key")
    wait_for(lambda: "gamma=0.3)" not in unquote_plus(address(page)), "the address bar to follow")
    wait_done(page)
    quiet(page)
    area = thumb.bounding_box()
    assert area
    touch = page.context.new_cdp_session(page)
    sent, before = frames.script, end(page, 0)

    def finger(kind: str, share: float) -> None:
        point = {"x": area["x"] + area["width"] * share, "y": area["y"] + area["height"] / 2}
        points = [] if kind == "touchEnd" else [point]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(50)

    finger("touchStart", 0.3)
    for share in (0.4, 0.5, 0.6, 0.7):
        finger("touchMove", share)
    wait_for(lambda: end(page, 0) > before + 0.05, "the curve to follow the finger")
    assert frames.script == sent
    finger("touchEnd", 0.7)
    wait_for(lambda: frames.script > sent, "the script to hear of the release")


def test_a_refused_value_gets_its_sentence_at_once_and_the_curve_goes_back(
    visit: Visit,
) -> None:
    page, frames = visit("lr=0.3 InverseSqrt(timescale=50) per iteration", "lr=0.1 WarmupStableDecay("
                         "total_steps=300, warmup_steps=20, decay_steps=200) per iteration")  # fmt: skip
    open_card(page, 2)
    before, sent = traces(page, "lr"), frames.script
    to = take(page, "warmup_steps of plan 2")
    to(0.9), to(0.95)
    alert = page.get_by_role("alert").filter(has_text="warmup_steps")
    expect(alert).to_be_visible()
    assert frames.script == sent
    page.mouse.up()
    wait_for(lambda: frames.script > sent, "the script to hear of the release")
    quiet(page)
    expect(alert).to_be_visible()
    wait_for(lambda: traces(page, "lr") == before, "the curve of the last good plan")
    type_value(page, "warmup_steps of plan 2", "30")
    expect(alert).to_have_count(0)


def test_without_the_socket_the_script_moves_the_curve(visit: Visit) -> None:
    messages = iter(range(100))

    def three_and_no_more(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda text: server.send(text) if next(messages) < 3 else route.close())

    page, frames = visit(STEP, before=lambda page: page.route_web_socket("**/drag", three_and_no_more))
    sent, seen, to = frames.script, set(), take(page, "gamma of plan 1")
    for share in range(35, 85, 3):
        to(share / 100)
        seen.add(end(page, 0))
    assert len(seen) >= 4, seen
    assert frames.script > sent, "the slider goes on through the script"
    page.mouse.up()
    box = page.get_by_role("spinbutton", name="gamma of plan 1", exact=True)
    wait_for(lambda: end(page, 0) == pytest.approx(0.3 * float(box.input_value())), "the last curve")


def test_the_curves_page_follows_with_ghost_and_axis(app: App, visit: Visit) -> None:
    page, frames = visit(STEP)
    words = "curve_steps=9000&curve_epoch=10&y_axis=log&ghost=yes&edit=2"
    page.goto(f"{app.url}/curves?plan=lr%3D0.1&plan=lr%3D0.3+ExponentialLR(gamma%3D0.99)&{words}")
    page.wait_for_selector('[data-testid="chart-curves_chart"] .main-svg', timeout=60_000)
    quiet(page)
    sent, before, axis = frames.script, traces(page, "curves_chart"), range_of(page, "curves_chart")
    to = take(page, "base_lr of plan 2")
    to(0.9), to(0.95)
    wait_for(lambda: range_of(page, "curves_chart") != axis, "the axis to follow")
    page.wait_for_timeout(300)
    drawn, axis = traces(page, "curves_chart"), range_of(page, "curves_chart")
    assert [old == new for old, new in zip(before, drawn, strict=True)] == [True, False, False, True]
    assert frames.script == sent
    let_go(page)
    quiet(page)
    assert (traces(page, "curves_chart"), range_of(page, "curves_chart")) == (drawn, axis)
    plan = parse_qs(urlsplit(address(page)).query)["plan"][1]
    assert "lr=0.3 " not in plan, "the address follows a release"
    below = page.get_by_role("spinbutton", name="rate below", exact=True)
    tenth = float(plan.split()[0].removeprefix("lr=")) / 10
    wait_for(lambda: float(below.input_value()) == pytest.approx(tenth), "a tenth of the highest base lr")
    before, sent = traces(page, "question_chart"), frames.script
    bottom = take(page, "gamma of the question")
    bottom(0.6), bottom(0.7)
    wait_for(lambda: traces(page, "question_chart") != before, "the question's picture to follow")
    assert frames.script == sent
    page.mouse.up()
