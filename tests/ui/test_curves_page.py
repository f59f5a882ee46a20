"""The Curves page without a browser: state, callbacks and sentences, through Streamlit's AppTest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrcore.analysis.run import Run
from lrcore.analysis.table import curve_csv
from lrcore.errors import PlanError
from lrcore.experiment import Experiment
from lrcore.plan import Plan, parse_plan
from lrcore.training import train
from ui.curves import decay_question
from ui.curves.export import strides
from ui.curves.points import changed_points
from ui.server import engine
from ui.session.session import Session
from ui.session.workbench import Workbench, opening

ROOT = Path(__file__).parents[2]
IMAGENET = {"curve_steps": "450360", "curve_epoch": "5004"}


@pytest.fixture(autouse=True)
def no_engine_left() -> Iterator[None]:
    yield
    engine.stop()


def opened(*plans: str, **words: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    test.query_params["plan"] = list(plans) or ["lr=0.1 StepLR(step_size=30, gamma=0.1)"]
    for word, value in words.items():
        test.query_params[word] = value
    return test.switch_page(str(ROOT / "pages" / "curves.py")).run()


def with_tool(test: AppTest, name: str) -> AppTest:
    """The page with another tab open, as by a click on it."""
    test.session_state["tool"] = name
    return test.run()


def plans(test: AppTest) -> list[Plan]:
    return list(test.session_state["session"].workbench.experiment.plans)


def test_the_page_opens_without_an_exception() -> None:
    test = opened(**IMAGENET)
    assert not test.exception
    assert test.session_state["session"].workbench.horizon == Run(steps=450_360, steps_per_epoch=5004)


def test_a_preset_replaces_plans_and_horizon_and_undo_brings_them_back() -> None:
    test = opened()
    test.selectbox(key="preset").select("wsd").run()
    assert [plan.schedule.kind for plan in plans(test)] == ["WarmupStableDecay", "CosineAnnealingLR"]
    assert test.session_state["session"].workbench.horizon.steps == 50_000
    test.button(key="undo_curves").click().run()
    assert [plan.schedule.kind for plan in plans(test)] == ["StepLR"]
    assert not test.exception


def test_a_hostile_link_gives_sentences() -> None:
    test = opened(curve_steps="1e9", metric="nan", question="x(", edit="99")
    assert not test.exception
    assert len([warning for warning in test.warning if "left out" in warning.value]) == 3


def test_an_emptied_field_is_no_zero() -> None:
    test = opened("lr=0.1", **IMAGENET, read_at="700")
    for field in ("read_at", "read_below", "curve_steps", "curve_steps_per_epoch", "question_steps"):
        before = test.session_state["session"].workbench
        test.number_input(key=f"{field}@0").set_value(None).run()
        assert test.session_state["session"].workbench == before
        assert not test.error
        assert test.number_input(key=f"{field}@0").value is not None


COUNTS = {"curve_steps": 1e5, "curve_steps_per_epoch": 1.5e3, "question_steps": 1e5, "read_at": 1.5e3}


def test_every_box_for_a_count_takes_it_as_the_browser_says_1e5() -> None:
    test = opened("lr=0.1", curve_steps="2000", curve_epoch="10")
    assert all(not isinstance(box.value, int) for box in test.number_input), "Streamlit would read 1e5 as 1"
    for field, value in COUNTS.items():
        test.number_input(key=f"{field}@0").set_value(value).run()
        assert not test.error
    view = test.session_state["session"].workbench.curves
    assert view.horizon == Run(steps=100_000, steps_per_epoch=1500)
    assert (view.question.steps, view.read_at) == (100_000, 1500)
    for field in COUNTS:
        test.number_input(key=f"{field}@0").set_value(2.5).run()
        assert r"2\.5" in test.error[0].value
        assert test.number_input(key=f"{field}@0").value == 2.5, "it stays to be corrected"
        test.number_input(key=f"{field}@0").set_value(COUNTS[field]).run()
        assert not test.error, "what was there before corrects it"
    assert test.session_state["session"].workbench.curves == view


def test_a_metric_can_be_undone() -> None:
    test = with_tool(opened("lr=0.1 ReduceLROnPlateau()", metric="1, 0.5"), "Metric")
    for button in ("metric_example", "metric_clear"):
        test.button(key=button).click().run()
        assert test.session_state["session"].workbench.curves.metric != (1.0, 0.5)
        test.button(key="undo_curves").click().run()
        assert test.session_state["session"].workbench.curves.metric == (1.0, 0.5)


def test_all_kinds_of_plans_open() -> None:
    test = opened(
        "lr=0.1 ReduceLROnPlateau()",
        "lr=0.1 Piecewise([[0, 0.1], [10, 0.2]])",
        "lr=0.1 CyclicLR(base_lr=0.001, max_lr=0.1)",
        "lr=0.1 ChainedScheduler([ConstantLR(factor=0.5, total_iters=4), ExponentialLR(gamma=0.9)])",
        ghost="yes",
        metric="1, 0.9, 0.9",
        **IMAGENET,
    )
    for tool in ("Paste", "Code", "Points", "Metric", "Export"):
        assert not with_tool(test, tool).exception


def test_the_code_is_that_of_a_plan_that_is_there() -> None:
    test = with_tool(opened("lr=0.1", "lr=0.2"), "Code")
    test.selectbox(key="code_plan@0").select(1).run()
    test.session_state["session"].workbench = opened("lr=0.3").session_state["session"].workbench
    assert "0.3" in test.run().code[0].value
    assert not test.exception


def test_a_formula_without_rates_on_the_wrong_clock_is_told_below_the_chart() -> None:
    test = opened("lr=0.3 Formula('1 / (50 - t)')", ghost="yes", curve_steps="100", curve_epoch="10")
    assert not test.exception
    assert any("which is no rate" in caption.value.replace("\\", "") for caption in test.caption)


def test_points_follow_the_editor() -> None:
    points = ((0.0, 0.1), (10.0, 0.2), (20.0, 0.3))
    change = {
        "edited_rows": {1: {"lr": 0.5}},
        "added_rows": [{"epoch": 5, "lr": 0.4}, {"epoch": 7}],
        "deleted_rows": [2],
    }
    assert changed_points(points, change, "epoch") == ((0.0, 0.1), (5.0, 0.4), (10.0, 0.5))


def test_a_csv_stays_within_fifty_megabytes() -> None:
    assert strides(Run(steps=1000), 20)[0] == 1
    assert strides(Run(steps=10_000_000), 20)[0] == 1000
    for steps in (99_999, 450_360, 9_999_999):
        for plans in (1, 3, 20):  # no number is longer than 1.2345678901234567e-100
            assert -(-steps // strides(Run(steps=steps), plans)[0]) * (plans + 2) * 25 < 50e6
    rows = "".join(curve_csv([parse_plan("lr=0.1")], Run(steps=1000), 10))
    assert rows.count("\n") == 102


def test_a_tool_remembers_what_was_typed_and_chosen_while_another_is_open() -> None:
    test = opened("lr=0.1", "lr=0.2")
    test.text_area(key="paste_text").input("StepLR(optimizer").run()
    with_tool(test, "Code").selectbox(key="code_dialect").select("optax").run()
    test.selectbox(key="code_plan@0").select(1).run()
    with_tool(test, "Metric").text_area(key="metric@0").input("1, two").run()
    assert test.error
    with_tool(with_tool(test, "Export"), "Paste")
    assert test.text_area(key="paste_text").value == "StepLR(optimizer"
    with_tool(test, "Code")
    assert (test.selectbox(key="code_dialect").value, test.selectbox(key="code_plan@0").value) == ("optax", 1)
    assert "optax" in test.code[0].value
    assert "0.2" in test.code[0].value
    assert with_tool(test, "Metric").text_area(key="metric@0").value == "1, two"
    assert not test.exception


def test_the_three_of_the_question_learn_when_they_are_raced() -> None:
    """From their own base lr, 1e-4, all three would end where they began."""
    test = opened("lr=1e-4", optimizer="Adam()", steps="300")
    test.button(key="question_race").click().run()
    raced = test.session_state["session"].workbench.experiment
    assert [plan.schedule.kind for plan in raced.plans] == ["StepLR", "InverseTimeDecay", "LinearLR"]
    experiment = Experiment.model_validate({**raced.model_dump(), "seeds": 2})
    *_, last = train(experiment)
    first, final = (np.median(last.history.train_loss[at], axis=1) for at in (0, -1))
    assert (final < 0.5 * first).all(), (first, final)
    test.session_state["session"].undo()
    assert [plan.text for plan in plans(test)] == ["lr=0.0001"]


def test_a_plan_that_becomes_a_table_of_points_keeps_its_curve_and_says_so() -> None:
    step = "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration"
    test = with_tool(opened(step, curve_steps="2000", curve_epoch="32"), "Points")
    test.button(key="points_make").click().run()
    assert "table of 4 points now, on the same curve" in test.success[0].value
    at = np.arange(2000)
    assert plans(test)[0].lr(at, 32) == pytest.approx(parse_plan(step).lr(at, 32))
    cosine = "lr=0.3 OneCycleLR(max_lr=0.4, total_steps=2000) per iteration"
    test = with_tool(opened(cosine, curve_steps="2000", curve_epoch="32"), "Points")
    test.button(key="points_make").click().run()
    assert "of its highest rate" in test.success[0].value
    assert "leaves the momentum alone" in test.success[0].value
    off = np.abs(plans(test)[0].lr(at, 32) - parse_plan(cosine).lr(at, 32)).max()
    assert 0 < off < 0.005 * 0.4


def test_a_table_of_points_that_is_refused_is_not_told_as_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Workbench:
        raise PlanError("No room for it.")

    monkeypatch.setattr("ui.curves.points.plan_list.changed", refused)
    test = with_tool(opened("lr=0.3 StepLR(step_size=500)", curve_steps="2000", curve_epoch="32"), "Points")
    test.button(key="points_make").click().run()
    assert "No room for it" in test.error[0].value
    assert not test.success
    assert "points" not in test.session_state["session"].said


def test_what_a_slider_of_the_question_refused_is_kept_with_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = Session(opening())
    monkeypatch.setattr(decay_question, "session", lambda: kept)
    decay_question._set("gamma", 7.0)
    spec = decay_question._spec(kept.workbench.curves.question, "gamma")
    assert spec.error
    assert spec.refused == "7.0"
