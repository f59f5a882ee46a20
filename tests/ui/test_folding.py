"""Cards that fold: which one is open, what its line says, and what a refused text becomes meanwhile."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.support import labelled, place, showing, standing_at
from ui.plan_card import folding
from ui.session.session import Opened, Session

MILESTONES = "lr=0.1 MultiStepLR(milestones=[5, 9], gamma=0.5)"


def cards() -> None:
    from ui.plan_card.folding import folding_cards

    folding_cards("page")


def open_cards(*plans: str) -> AppTest:
    app = AppTest.from_function(cards, default_timeout=30)
    app.session_state["session"] = Session(showing(*plans))
    return app.run()


def turned(app: AppTest, plan: int) -> None:
    """Press the line of a plan, counted from 1."""
    next(button for button in app.button if button.label.startswith(f"**Plan {plan}**")).click().run()
    app.run()  # all of the page: a callback draws its fragment alone


def shown(app: AppTest) -> list[str]:
    return [box.label for box in app.selectbox if box.label.startswith("schedule of")]


def test_the_first_plan_with_a_schedule_is_open_until_another_is_opened() -> None:
    app = open_cards("lr=0.1", MILESTONES, "lr=0.2")
    assert shown(app) == ["schedule of plan 2"]
    turned(app, 3)
    assert shown(app) == ["schedule of plan 3"]
    turned(app, 3)
    assert shown(app) == []
    assert "Open a plan" in app.caption[0].value
    assert shown(open_cards("lr=0.1", "lr=0.2")) == ["schedule of plan 1"]


def test_what_is_open_is_never_a_plan_that_is_gone() -> None:
    app = open_cards("lr=0.1", MILESTONES)
    opened: list[Opened] = [7, "experiment"]
    app.session_state["session"].opened = opened[0]
    assert shown(app.run()) == ["schedule of plan 2"]
    app.session_state["session"].opened = opened[1]
    assert shown(app.run()) == []


def test_a_copy_is_open_and_a_removed_plan_leaves_its_neighbour_open() -> None:
    app = open_cards(MILESTONES, "lr=0.2")
    labelled(app.button, "Add a plan").click().run()
    app.run()
    assert shown(app) == ["schedule of plan 3"]
    labelled(app.button, "Remove plan 3").click().run()
    app.run()
    assert shown(app) == ["schedule of plan 2"]


def test_the_hint_names_the_last_slider_of_the_open_plan() -> None:
    app = open_cards("lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration", "lr=0.2")
    assert app.caption[0].value.startswith("Drag **gamma** of plan 1")
    turned(app, 2)
    assert app.caption[0].value.startswith("Drag **base\\_lr** of plan 2")


def test_the_hint_names_no_slider_that_does_nothing() -> None:
    flat = "lr=0.3 CyclicLR(base_lr=0.3, max_lr=0.3, step_size_up=1000) per iteration"
    assert open_cards(flat).caption[0].value.startswith("Drag **max\\_lr** of plan 1")
    still = open_cards("lr=0.1 LambdaLR(lr_lambda='0 * epoch')")
    assert still.caption[0].value.startswith("Open a plan")


def test_no_slider_is_looked_for_where_looking_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "HERE_MS", 0.0)
    app = open_cards("lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration")
    assert app.caption[0].value.startswith("Open a plan")


def test_a_refused_text_is_shown_again() -> None:
    app = open_cards(MILESTONES, "lr=0.2")
    labelled(app.text_input, "milestones of plan 1").set_value("9, five").run()
    app.session_state["session"].refuse("field_0_base_lr", "No.", "abc")
    app.run()
    turned(app, 2)
    assert not app.text_input
    turned(app, 1)
    field = labelled(app.text_input, "milestones of plan 1")
    assert field.value == "9, five"
    [sent] = json.loads(app.get("bidi_component")[0].proto.json)
    assert [(spec["error"], spec["refused"]) for spec in sent["specs"] if spec["name"] == "base_lr"] == [
        ("No.", "abc")
    ]
    field.set_value("9, 12").run()
    session = app.session_state["session"]
    assert session.refused == {"field_0_base_lr": "abc"}


def test_the_fragment_of_what_folds_has_its_place_before_it_opens() -> None:
    """Of two runs that follow at once the browser gets what the fragment drew in the first, without what is
    around it, and the page breaks where there is nothing to put it into."""
    app = open_cards("lr=0.1", MILESTONES)
    body = (*place(app, "card_0"), 1)
    assert standing_at(app, (*body, 2)).type == "empty"
    turned(app, 1)
    assert place(app, "opened") == body
    assert standing_at(app, (*body, 2, 0)).type == "bidi_component", "its sliders"
