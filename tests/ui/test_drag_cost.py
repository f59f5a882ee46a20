"""A step of a drag that would cost too much waits for the release."""

from __future__ import annotations

import json
import time

import pytest

from lrcore.analysis.run import Run
from tests import bombs
from tests.test_text_budget import held, link
from tests.ui.test_drag import RECURSION, bench, step
from ui.server import drag
from ui.server.drag import Drag
from ui.session.link import link_words
from ui.session.workbench import with_curves


def test_a_curve_that_costs_too_much_waits_for_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    long = with_curves(bench(RECURSION, "lr=0.1"), horizon=Run(steps=10_000_000))
    before = time.thread_time()
    assert Drag().answer(step("curves", link_words(long), "plans.0", base_lr=0.2)) == {"n": 1, "later": True}
    assert time.thread_time() - before < 1
    monkeypatch.setattr(drag, "BUDGET_S", 0.0)
    conversation = Drag()
    assert "charts" in conversation.answer(step("playground", link_words(bench()), "plans.0"))
    assert conversation.answer('{"n": 2, "of": "plans.0", "values": {}}') == {"n": 2, "later": True}
    assert "charts" in conversation.answer(step("playground", link_words(bench()), "plans.0")), "another page"


@pytest.mark.parametrize(
    ("page", "of", "schedule"),
    [
        ("curves", "plans.0", "LambdaLR('cos(epoch / 9) * cos(epoch / 7) + 1.1')"),
        ("playground", "experiment", "CyclicLR(0.01, 0.1, step_size_up=1)"),
    ],
)
def test_many_curves_that_cost_too_much_together_wait_for_the_release(
    page: str, of: str, schedule: str
) -> None:
    texts = [f"lr=0.1{number:02} {schedule} per iteration" for number in range(20)]
    moved = step(page, {"plan": texts, "curve_steps": ["200000"], "y_axis": ["log"]}, of)
    assert Drag().answer(moved) == {"n": 1, "later": True}
    few = json.loads(moved)
    few["words"]["plan"] = texts[:4]
    assert "charts" in Drag().answer(json.dumps(few))


@pytest.mark.parametrize("schedule", bombs.SCHEDULES.values(), ids=bombs.SCHEDULES)
def test_a_step_costs_no_more_than_any_text_of_a_stranger(schedule: str) -> None:
    words = link(schedule, 20, 10_000_000) | {"y_axis": ["log"]}
    for page, of in (("curves", "plans.0"), ("playground", "plans.0"), ("playground", "experiment")):
        said = step(page, words, of)
        held(lambda said=said: Drag().answer(said))
