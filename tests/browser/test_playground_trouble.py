"""The Playground when something goes wrong: bad links, bad input, stopped runs, killed workers, Back."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cards import open_card, open_experiment
from tests.browser.conftest import (
    SLOW,
    App,
    address,
    box,
    live_state,
    settled,
    traces,
    type_value,
    wait_done,
    wait_for,
)

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


def test_bad_sizes_are_answered_beside_the_field_and_nothing_is_lost(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.1", "lr=0.05", steps=300))
    open_experiment(page)
    for name, bad, words in (
        ("steps", "0", "steps=0 is not allowed"),
        ("batch_size", "many", "batch_size must be a number"),
        ("seeds", "2.5", "seeds=2.5"),
    ):
        type_value(page, name, bad)
        expect(page.get_by_text(words).first).to_be_visible()
        assert box(page, name).input_value() == bad
    assert "steps=300" in address(page)
    type_value(page, "steps", "400")
    wait_for(lambda: "steps=400" in address(page), "the address bar to follow")


def test_one_visitors_stop_is_not_anothers(app: App, new_page: NewPage) -> None:
    link = app.link("lr=0.1", "lr=0.07", **SLOW)
    first = new_page(link)
    wait_for(lambda: live_state(first) == "running", "the run to start")
    first.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(first) == "cancelled", "the run to stop")
    expect(first.get_by_text("Stopped").first).to_be_visible()
    second = new_page(link)
    wait_for(lambda: live_state(second) == "running", "the second visitor's run to start")
    second.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(second) == "cancelled", "the run to stop")


def test_back_and_forward(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.1", "lr=0.05", steps=300))
    for value in ("0.21", "0.22"):
        type_value(page, "base_lr of plan 1", value)
        wait_for(lambda value=value: f"plan=lr%3D{value}" in address(page), "the address bar to follow")
        wait_done(page)
        page.wait_for_timeout(500)  # a run that begins now would write the address again
    page.go_back()
    boxes = box(page, "base_lr of plan 1")  # for a moment two, until Streamlit has put away the old one
    wait_for(
        lambda: boxes.evaluate_all("nodes => nodes.map(node => node.value)") == ["0.21"],
        "the page to go back",
    )


def test_a_formula_without_a_value_leaves_the_other_plans_drawn(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.3 Formula('1/t') per iteration", "lr=0.1", steps=200, seeds=1))
    expect(page.get_by_text("gives inf at step 0").first).to_be_visible()
    wait_for(lambda: [len(trace["y"]) > 0 for trace in traces(page, "lr")] == [False, True], "the other plan")


def test_foreign_pictures_are_not_loaded(app: App, new_page: NewPage) -> None:
    page = new_page(f"{app.url}/?plan=lr%3D!%5Bx%5D(http%3A%2F%2F127.0.0.1%3A9%2Fp.png)")
    expect(page.get_by_text("![x](http://127.0.0.1:9/p.png)").first).to_be_visible()
    assert page.locator('img[src*="127.0.0.1:9"]').count() == 0


@pytest.mark.parametrize(
    "query",
    [
        "plan=lr%3Dnan&steps=-5&seeds=1e9&data=%3Cscript%3Ealert(1)%3C/script%3E",
        "plan=" + "A" * 6000,
        "plan=lr=0.1%20Foo(bar=1)&model=__import__('os')&optimizer=SGD(momentum=9)",
        "plan=lr%3D0.1%20ExponentialLR(9**9**9**9)",
    ],
)
def test_hostile_link_shows_a_sentence_and_the_default(app: App, new_page: NewPage, query: str) -> None:
    page = new_page(f"{app.url}/?{query}")
    expect(page.get_by_text("left out").first).to_be_visible()
    assert [trace["name"] for trace in traces(page, "lr")] == [
        "1 · constant 0.1",
        "2 · constant 0.05",
        "3 · StepLR",
        "4 · InverseTimeDecay",
    ]
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_stop(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.1", "lr=0.05", **SLOW))
    wait_for(lambda: live_state(page) == "running", "the run to start")
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")
    expect(page.get_by_role("button", name="Train again")).to_be_visible()
    page.get_by_text("log lr axis").click()
    settled(page)
    assert live_state(page) == "cancelled", "a stopped run stays stopped"
    page.get_by_role("button", name="Train again").click()
    wait_for(lambda: live_state(page) == "running", "the run to start again")
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread, or the process, that has ended since
            found += [int(child) for child in task.read_text().split()]
    return found


def trainers(app: App) -> list[int]:
    """The processes that train: children of the helper that holds torch."""
    return [grandchild for child in children(app.process.pid) for grandchild in children(child)]


def test_killed_worker_is_said_and_replaced(app: App, new_page: NewPage) -> None:
    wait_for(lambda: not trainers(app), "earlier runs to end")
    page = new_page(app.link("lr=0.11", "lr=0.055", **SLOW))
    wait_for(lambda: live_state(page) == "running", "the run to start")
    for pid in wait_for(lambda: trainers(app), "a worker process"):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: live_state(page) == "crashed", "the page to say so")
    expect(page.get_by_role("button", name="Train again")).to_be_visible()
    page.get_by_role("button", name="Train again").click()
    wait_for(lambda: live_state(page) == "running", "a fresh worker to take it")
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")


def test_two_people_train_at_once(app: App, new_page: NewPage) -> None:
    wait_for(lambda: not trainers(app), "earlier runs to end")
    middling = {**SLOW, "model": "MLP(hidden=[32, 32])", "seeds": 8}  # a long run leaves a slot to short ones
    pages = [new_page(app.link(f"lr={rate}", "lr=0.05", **middling)) for rate in (0.12, 0.13)]
    for page in pages:
        wait_for(lambda page=page: live_state(page) == "running", "both runs to run")
    assert len(trainers(app)) == 2
    for page in pages:
        page.get_by_role("button", name="Stop").click()
        wait_for(lambda page=page: live_state(page) == "cancelled", "the run to stop")


def test_a_newer_setting_during_a_run_costs_one_run_of_the_script(app: App, new_page: NewPage) -> None:
    """The run that gives way ends while the page is drawn anew; were Python told of that, it would draw
    twice."""
    page = new_page(app.link("lr=0.1", "lr=0.061", **SLOW))
    wait_for(lambda: live_state(page) == "running", "the run to start")
    open_card(page, 2)
    page.wait_for_timeout(500)
    page.evaluate(
        """() => {
            window.sent = 0
            const send = WebSocket.prototype.send
            WebSocket.prototype.send = function (data) {
                if (this.url.includes("_stcore/stream")) window.sent += 1
                return send.call(this, data)
            }
            window.states = []
            const chart = document.querySelector('[data-testid="chart-loss"]')
            new MutationObserver(() => window.states.push(chart.dataset.liveState))
                .observe(chart, {attributeFilter: ["data-live-state"]})
        }"""
    )
    type_value(page, "base_lr of plan 2", "0.062")
    wait_for(lambda: page.evaluate("window.states.at(-1)") == "running", "the newer run to start")
    page.wait_for_timeout(2000)
    assert page.evaluate("window.sent") == 1
    assert not {"cancelled", "reconnecting"} & set(page.evaluate("window.states"))
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")
