"""What people do with every page of the web: go back and forth, open it twice, load it again, swipe, leave it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SLOW, App, address, box, live_state, settled, traces, type_value, wait_done, wait_for

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


def history_length(page: Page) -> int:
    return int(page.evaluate("history.length"))


def test_back_and_forward_take_no_dead_step(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    landed = history_length(page)
    gammas = box(page, "gamma of plan 3")

    def shows(path: str, gamma: str = "", axis: str = "") -> Callable[[], bool]:
        def shown() -> bool:
            values = gammas.evaluate_all("nodes => nodes.map(node => node.value)")
            toggles = page.get_by_role("switch", name="log rate", exact=True)
            return (
                f"{app.url}{path}?" in address(page)
                and (not gamma or values == [gamma])
                and (not axis or (toggles.count() == 1 and toggles.is_checked() == (axis == "log")))
            )

        return shown

    stages = [shows("/", "0.3")]
    wait_for(stages[0], "the opening")
    for gamma in ("0.41", "0.42"):
        type_value(page, "gamma of plan 3", gamma)
        wait_for(lambda gamma=gamma: f"gamma%3D{gamma}" in address(page), "the address bar to follow")
        settled(page)
        stages.append(shows("/", gamma))
    page.get_by_role("link", name="Curves").click()
    stages.append(shows("/curves", axis="linear"))
    wait_for(stages[-1], "the other page")
    page.wait_for_timeout(500)
    page.get_by_text("log rate", exact=True).click()
    stages.append(shows("/curves", axis="log"))
    wait_for(stages[-1], "the other axis")
    page.wait_for_timeout(500)
    print(history_length(page) - landed)
    for stage in reversed(stages[:-1]):
        page.go_back()
        wait_for(stage, "the step before", 10)
        page.wait_for_timeout(300)
    for stage in stages[1:]:
        page.go_forward()
        wait_for(stage, "the step after", 10)
        page.wait_for_timeout(300)
    assert history_length(page) - landed == len(stages) - 1
