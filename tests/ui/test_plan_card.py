"""Cards of plans: every schedule can be chosen, moved and typed, and bad input is answered beside its
field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lrcore import parse_plan
from lrcore.plan import Plan
from lrcore.schedules import FEEDBACK, SCHEDULES
from tests.ui.support import labelled, showing
from ui.session.session import Session

WARM = (
    "lr=0.1 SequentialLR([LinearLR(start_factor=0.1, total_iters=5), CosineAnnealingLR(T_max=25)],"
    " milestones=[5])"
)


def cards() -> None:
    import streamlit as st

    from ui.plan_card.editor import plan_cards
    from ui.session.session import session

    plan_cards(session().workbench, "page", **st.session_state["options"])


def open_cards(*plans: str, **options: Any) -> AppTest:
    app = AppTest.from_function(cards, default_timeout=30)
    app.session_state["session"] = Session(showing(*plans))
    app.session_state["options"] = options
    return app.run()


def plan(app: AppTest, index: int = 0) -> Plan:
    made: Plan = app.session_state["session"].workbench.experiment.plans[index]
    return made


def sliders(app: AppTest, index: int = 0) -> dict[str, dict[str, Any]]:
    """The sliders of a card by their accessible names."""
    [sent] = json.loads(app.get("bidi_component")[index].proto.json)
    return {spec["label"]: spec for spec in sent["specs"]}


@pytest.mark.parametrize("kind", [*SCHEDULES, *FEEDBACK])
def test_every_schedule_can_be_chosen(kind: str) -> None:
    app = open_cards("lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration")
    labelled(app.selectbox, "schedule of plan 1").set_value(kind).run()
    assert not app.exception
    assert not app.error
    assert plan(app).schedule.kind == kind
    assert parse_plan(plan(app).text) == plan(app)
    labels = [
        *sliders(app),
        *(
            element.label
            for group in (app.text_input, app.toggle, app.selectbox, app.text_area)
            for element in group
        ),
    ]
    assert len(labels) == len(set(labels)), labels
    assert all(label.endswith(" of plan 1") or label == "schedule of plan 1 as text" for label in labels)
    for label, spec in sliders(app).items():
        assert spec["minimum"] <= spec["value"] <= spec["maximum"], label


def test_parts_have_sliders_of_their_own() -> None:
    app = open_cards("lr=0.3", WARM)
    names = list(sliders(app, 1))
    assert names == [
        "base_lr of plan 2",
        "start_factor of part 1 of plan 2",
        "total_iters of part 1 of plan 2",
        "T_max of part 2 of plan 2",
    ]


def test_parts_are_edited_as_text_and_errors_stand_beside_it() -> None:
    app = open_cards("lr=0.3", WARM)
    area = labelled(app.text_area, "schedule of plan 2 as text")
    assert f"lr=0.1 {area.value}" == WARM
    area.set_value("SequentialLR([LinearLR(total_iters=3), StepLR(step_size=9)], milestones=[3, 4])").run()
    assert "2 schedules need 1 milestones" in app.error[0].value
    assert plan(app, 1).text == WARM
    assert "milestones=[3, 4]" in labelled(app.text_area, "schedule of plan 2 as text").value, (
        "what was typed stays to be corrected"
    )
    labelled(app.text_area, "schedule of plan 2 as text").set_value(
        "Warmup(StepLR(step_size=9, gamma=0.1), warmup_steps=3)"
    ).run()
    assert not app.error
    assert plan(app, 1).text == "lr=0.1 Warmup(StepLR(step_size=9, gamma=0.1), warmup_steps=3)"


def test_a_formula_makes_sliders_of_its_names() -> None:
    app = open_cards(
        "lr=0.3 Formula('lr / (1.0 + lr_decay * iteration_count)', parameters={'lr_decay': 0.01}) per"
        " iteration"
    )
    spec = sliders(app)["lr_decay of plan 1"]
    assert (spec["minimum"], spec["value"], spec["maximum"], spec["scale"]) == (0.001, 0.01, 0.1, "log")
    labelled(app.text_input, "expression of plan 1").set_value("lr / (1 + lr_decay * t) ** power").run()
    assert not app.error
    assert set(sliders(app)) == {"base_lr of plan 1", "lr_decay of plan 1", "power of plan 1"}
    assert sliders(app)["lr_decay of plan 1"]["value"] == 0.01, "a name that stays keeps its value"
    labelled(app.text_input, "expression of plan 1").set_value("lr * (1 - t / T)").run()
    assert plan(app).schedule.T == 2000
    before = plan(app)
    labelled(app.text_input, "expression of plan 1").set_value("lr * __import__('os')").run()
    assert app.error
    assert plan(app) == before


def test_the_range_of_a_formulas_slider_stays_while_its_thumb_moves() -> None:
    app = open_cards("lr=0.3 Formula('lr * a', parameters={'a': 0.5})")
    for value, reach in ((2.0, (0.05, 5.0)), (20.0, (2.0, 200.0))):
        moved = showing(f"lr=0.3 Formula('lr * a', parameters={{'a': {value}}})")
        app.session_state["session"].put(moved, fresh=False)
        app.run()
        spec = sliders(app)["a of plan 1"]
        assert (spec["minimum"], spec["maximum"]) == pytest.approx(reach)


def moved_sliders() -> None:
    from ui.components.live_sliders import LiveValues
    from ui.plan_card.actions import slide
    from ui.session.session import session

    sent = {"base_lr": "abc", "schedule.schedulers.1.T_max": 30, "schedule.schedulers.0.total_iters": 4}
    slide("page", 1, LiveValues(sent, dragging=True))
    slide("page", 7, LiveValues({"base_lr": 0.5}, dragging=session().dragging))  # a card that has just gone


def test_one_event_may_move_several_sliders() -> None:
    app = AppTest.from_function(moved_sliders, default_timeout=30)
    session = app.session_state["session"] = Session(showing("lr=0.3", WARM))
    app.run()
    assert not app.exception
    assert session.dragging
    assert plan(app).text == "lr=0.3"
    assert plan(app, 1).text == WARM.replace("T_max=25", "T_max=30").replace("iters=5", "iters=4")
    assert "abc" in session.error("field_1_base_lr")


def test_points_are_typed_as_pairs() -> None:
    app = open_cards("lr=0.1 Piecewise([[0, 0.1], [10, 0.01]])")
    field = labelled(app.text_input, "points of plan 1")
    assert field.value == "[0, 0.1], [10, 0.01]"
    field.set_value("[0, 0.1], (20, 0.02)").run()
    assert plan(app).schedule.points == ((0.0, 0.1), (20.0, 0.02))
    labelled(app.text_input, "points of plan 1").set_value("").run()
    assert "points is empty" in app.error[0].value


def test_the_pages_own_horizon_cards_and_limit() -> None:
    app = open_cards(
        *["lr=0.3 StepLR(step_size=5)"] * 9, steps=100_000, steps_per_epoch=1000, only=[1, 8], limit=20
    )
    assert [box.label for box in app.selectbox] == [
        "schedule of plan 2",
        "clock of plan 2",
        "schedule of plan 9",
        "clock of plan 9",
    ]
    assert sliders(app)["step_size of plan 2"]["maximum"] == 100
    assert not app.button(key="add_plan").disabled
    labelled(app.selectbox, "schedule of plan 2").set_value("REX").run()
    assert plan(app, 1).text == "lr=0.3 REX(total_steps=100)"
    assert open_cards(*["lr=0.3"] * 8).button(key="add_plan").disabled


def test_a_plan_that_listens_has_no_choice_of_clocks() -> None:
    app = open_cards("lr=0.3 ReduceLROnPlateau(factor=0.3, patience=5) per iteration")
    assert sliders(app)["patience of plan 1"]["unit"] == "epochs"
    assert "clock of plan 1" not in [box.label for box in app.selectbox]
