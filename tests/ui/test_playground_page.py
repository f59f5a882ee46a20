"""The Playground's script and state, without a browser: AppTest runs `ui/main.py` on a real job board."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.gallery.examples import EXAMPLES
from tests.ui.support import labelled, place, standing_at
from ui.server import engine
from ui.session.session import Opened
from ui.session.workbench import OPENING, View, Workbench


@pytest.fixture(scope="module", autouse=True)
def board() -> Iterator[None]:
    engine.start()
    yield
    engine.stop()


def page(**params: Any) -> AppTest:
    app = AppTest.from_file("../../ui/main.py", default_timeout=60)
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def open_(app: AppTest, what: Opened) -> None:
    """Open a plan's card or the experiment."""
    app.session_state["session"].opened = what
    app.run()


def bench(app: AppTest) -> Workbench:
    value: Workbench = app.session_state["session"].workbench
    return value


def test_opens_with_the_opening_experiment_and_says_so_in_the_address() -> None:
    app = page()
    assert bench(app).experiment == EXAMPLES[OPENING].experiment
    assert app.query_params["plan"] == [plan.text for plan in EXAMPLES[OPENING].experiment.plans]
    assert [box.label for box in app.selectbox if box.label.startswith("schedule of")] == [
        "schedule of plan 3"
    ]
    assert labelled(app.selectbox, "schedule of plan 3").value == "StepLR"
    lines = [button.label.replace("\\", "") for button in app.button if button.label.startswith("**Plan ")]
    assert lines == [
        "**Plan 1** lr=0.1 constant",
        "**Plan 2** lr=0.05 constant",
        "**Plan 3**",
        "**Plan 4** lr=0.1 InverseTimeDecay(lr_decay=0.0035)",
    ]


def test_a_link_is_what_is_shown() -> None:
    app = page(plan=["lr=0.05 CosineAnnealingLR(T_max=40)"], data="digits", steps="300")
    assert [plan.text for plan in bench(app).experiment.plans] == ["lr=0.05 CosineAnnealingLR(T_max=40)"]
    assert bench(app).experiment.data.kind == "digits"
    assert bench(app).experiment.steps == 300


def test_a_broken_link_is_answered_in_words() -> None:
    app = page(plan=["lr=nan", "lr=0.1 Foo(1)"], steps="-3")
    assert len(app.warning) >= 2
    assert bench(app).experiment == EXAMPLES[OPENING].experiment


@pytest.mark.parametrize(
    "schedule", ["Formula('1/t')", "LambdaLR('1-epoch')", "MultiplicativeLR('-1')", "Formula('9**9**9**9')"]
)
def test_a_formula_without_a_value_is_told_and_takes_nothing_else_along(schedule: str) -> None:
    app = page(plan=[f"lr=0.3 {schedule} per iteration", "lr=0.1"], steps="200", seeds="1")
    assert any(error.value.startswith("Plan 1") and "gives" in error.value for error in app.error)
    assert len(app.query_params["plan"]) == 2


def test_choosing_a_schedule_keeps_what_both_have() -> None:
    app = page()
    labelled(app.selectbox, "schedule of plan 3").set_value("MultiStepLR").run()
    assert not app.exception
    assert (
        bench(app).experiment.plans[2].text
        == "lr=0.1 MultiStepLR(milestones=[1000, 1500], gamma=0.5) per iteration"
    )


def test_example_and_undo() -> None:
    app = page()
    labelled(app.button, "Examples").click().run()
    app.button(key="example_02_floor").click().run()
    assert bench(app).experiment == EXAMPLES["02_floor"].experiment
    labelled(app.button, "Undo").click().run()
    assert bench(app).experiment == EXAMPLES[OPENING].experiment


def test_plans_are_added_duplicated_and_removed() -> None:
    app = page()
    labelled(app.button, "Add a plan").click().run()
    assert len(bench(app).experiment.plans) == 5
    open_(app, 0)
    labelled(app.button, "Remove plan 1").click().run()
    assert [plan.schedule.kind for plan in bench(app).experiment.plans] == [
        "Constant",
        "StepLR",
        "InverseTimeDecay",
        "InverseTimeDecay",
    ]
    labelled(app.button, "Undo").click().run()
    assert len(bench(app).experiment.plans) == 5, "a removed plan comes back"
    labelled(app.button, "Undo").click().run()
    assert len(bench(app).experiment.plans) == 4, "and then the added one goes"
    open_(app, 2)
    labelled(app.button, "Duplicate plan 3").click().run()
    assert [plan.schedule.kind for plan in bench(app).experiment.plans][2:4] == ["StepLR", "StepLR"]


def test_hidden_layers_are_read_from_text() -> None:
    app = page()
    form = (*place(app, "experiment"), 1, 0)
    assert standing_at(app, form).type == "empty", "its fragment has a place, see test_folding.py"
    open_(app, "experiment")
    assert standing_at(app, form).type != "empty"
    labelled(app.text_input, "hidden layers").set_value("16, 8").run()
    assert bench(app).experiment.model.hidden == (16, 8)
    labelled(app.text_input, "hidden layers").set_value("16-4").run()
    assert bench(app).experiment.model.hidden == (16, 4)
    for wrong in ("many", "-3", "16, -3"):
        labelled(app.text_input, "hidden layers").set_value(wrong).run()
        assert not app.exception
        said = [error.value.replace("\\", "") for error in app.error]
        assert any(f"'{wrong}' arrived" in sentence or f"{wrong} arrived" in sentence for sentence in said)
        assert bench(app).experiment.model.hidden == (16, 4)


def test_a_run_orders_no_widget_to_show_what_it_shows_already() -> None:
    app = page(plan=["lr=0.1"], steps="300")
    seen, ordered = set(), []
    whats: tuple[Opened, ...] = (0, "experiment")
    for what in whats:
        open_(app, what)
        app.run()
        for widget in (*app.selectbox, *app.toggle, *app.button_group, *app.text_input):
            seen.add(widget.key)
            if widget.proto.set_value and "@" in str(widget.key):
                ordered.append(widget.key)
    assert len(seen) >= 8
    assert ordered == [], "an order would undo what was picked while the run was on its way"


def test_a_widget_is_ordered_to_show_what_was_changed_elsewhere() -> None:
    app = page(plan=["lr=0.1"], steps="300")
    app.session_state["session"].edit("view", lambda bench: replace(bench, view=View(log_lr=True)))
    app.run()
    assert labelled(app.toggle, "log lr axis").value is True


def test_more_seeds_are_offered_where_these_do_not_tell_and_raced_at_a_press() -> None:
    app = page(plan=["lr=0.3", "lr=0.0001"], steps="200", seeds="4")
    end = time.monotonic() + 30
    while not any(button.key == "more_seeds" for button in app.button) and time.monotonic() < end:
        time.sleep(0.1)  # the cores are for training
        app.run()  # at first perhaps of two seeds, of which nothing is guessed
    assert any("4 seeds are too few to tell 2 plans apart" in text.value for text in app.markdown)
    said = next(caption.value for caption in app.caption if "an estimate from these 4" in caption.value)
    offered = app.button(key="more_seeds")
    needed = int(offered.label.split()[1])
    assert f"About {needed} seeds would tell" in said
    offered.click().run()
    assert not app.exception
    assert bench(app).experiment.seeds == needed
    labelled(app.button, "Undo").click().run()
    assert bench(app).experiment.seeds == 4
