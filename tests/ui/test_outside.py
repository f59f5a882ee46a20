"""What a page has calculated outside its process: it shows the same, or a sentence where it took too much."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from lrcore import parse_plan
from lrcore.analysis.run import Run
from lrcore.analysis.work import Work
from lrcore.figures.whole_run import curves_figure
from lrcore.offload import Limits, Offload
from tests import bombs
from tests.ui.test_curves_page import ROOT
from ui.server import offload, work_share
from ui.server.work_share import CurvePoints, outside

DEAR = f"lr=0.1 {bombs.SCHEDULES['powers']} per iteration"
PLANS = [
    "lr=0.1 StepLR(step_size=30, gamma=0.1)",
    "lr=0.1 LambdaLR('1 / (1 + epoch)') per iteration",
    "lr=0.1 OneCycleLR(max_lr=1, total_steps=900) per iteration",
    "lr=0.1 ChainedScheduler([CosineAnnealingLR(T_max=99, eta_min=0.01), StepLR(9)]) per iteration",
]


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = Offload(Limits(seconds=1))
    monkeypatch.setattr(offload, "start", lambda: made)
    yield
    made.close()


def opened(plans: list[str], **words: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=120)
    test.query_params["plan"] = plans
    for word, value in words.items():
        test.query_params[word] = value
    return test.switch_page(str(ROOT / "pages" / "curves.py")).run()


def table(test: AppTest) -> str:
    """The table of read-outs as HTML."""
    return next(body for body in (str(element.proto) for element in test.get("html")) if "lr-table" in body)


def test_curves_are_the_same_wherever_they_are_computed(
    monkeypatch: pytest.MonkeyPatch, one_second: None
) -> None:
    plans, run = [parse_plan(text) for text in PLANS], Run(steps=1000)
    here = curves_figure(plans, run, log_y=True)
    monkeypatch.setattr(work_share, "work", lambda *_: Work(99.0, 99.0, 99.0, 99.0))
    there = curves_figure(plans, run, log_y=True, points_of=CurvePoints(plans, run, "ann"))
    assert len(CurvePoints(plans, run, "ann")._outside) == len(plans)
    assert there == here


def test_the_first_of_many_ordinary_plans_stay() -> None:
    plans = [parse_plan(f"lr=0.{number}") for number in range(1, 10)]
    assert outside(plans, lambda _: 4.0, 13.0) == plans[3:]
    assert outside(plans, lambda plan: 99.0 if plan is plans[1] else 1.0, 13.0) == [plans[1]]


def test_a_page_shows_what_was_calculated_outside(one_second: None) -> None:
    test = opened(PLANS[:2], curve_steps="100000")
    assert not test.exception
    assert "there is no rule for LambdaLR" in table(test)
    assert "more than" not in table(test)


def test_what_takes_too_long_is_a_sentence_on_the_page(one_second: None) -> None:
    test = opened([PLANS[0], DEAR], curve_steps="10000000")
    assert not test.exception
    assert "needs more than 1 s of computing" in table(test)
    assert "Shorten the run" in table(test)


def test_a_paste_that_takes_too_long_is_a_sentence_beside_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    test = opened(PLANS[:1])
    made = Offload(Limits(wall_seconds=0.02))  # a fifth of what this takes
    monkeypatch.setattr(offload, "start", lambda: made)
    hostile = "scheduler = StepLR(optimizer, 30)\n" + "\n".join(
        f"lr = 0.1 / {number} * epoch" for number in range(1, 4000)
    )
    test.text_area(key="paste_text").input(hostile).run()
    test.button(key="paste_add").click().run()
    made.close()
    assert not test.exception
    assert "too busy to calculate this now" in test.error[0].value
