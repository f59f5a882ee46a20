"""The state of one visitor: it has one owner, changes are refused and undone, and the address follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.support import showing
from ui.session.session import Session
from ui.session.workbench import with_curves, with_experiment

ROOT = Path(__file__).parents[2]


def test_one_room_alone_touches_streamlits_session_state() -> None:
    files = [ROOT / "app.py", *(path for room in ("ui", "pages") for path in (ROOT / room).rglob("*.py"))]
    assert len(files) > 30
    touching = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if re.search(r"\bsession_state\b", path.read_text(encoding="utf-8"))
    }
    # The component's function says why it must.
    owners = {"ui/session/session.py", "ui/session/widgets.py", "ui/components/state.py"}
    assert touching == owners


def test_every_number_is_typed_into_the_box_that_reads_1e5() -> None:
    files = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    with_boxes = {path.name for path in files if "st.number_input(" in path.read_text(encoding="utf-8")}
    assert with_boxes == {"widgets.py"}


def test_a_change_that_is_not_allowed_is_told_beside_its_field_and_changes_nothing() -> None:
    session = Session(showing("lr=0.1"))
    before = session.workbench
    session.edit_experiment("steps", steps=-1)
    assert session.workbench is before
    assert "steps" in session.error("steps")
    assert session.error("seeds") == ""
    session.edit_experiment("steps", steps=500)
    assert session.workbench.experiment.steps == 500
    assert session.error("steps") == ""


def test_undo_takes_back_one_change_after_the_other() -> None:
    session = Session(showing("lr=0.1"))
    assert not session.undo(), "there is nothing to undo"
    session.put(showing("lr=0.2"))
    session.edit_curves("log_x", log_x=True)
    session.edit_experiment("steps", steps=500)
    wanted = [with_curves(showing("lr=0.2"), log_x=True), showing("lr=0.2"), showing("lr=0.1")]
    for before in wanted:
        assert session.undo()
        assert session.workbench == before
    assert not session.undo()


def moved(session: Session, *seeds: int, steps: int = 0) -> None:
    """A slider is dragged over these values and let go at the last of them."""
    for place, value in enumerate(seeds, 1):
        with session.sliding(dragging=place < len(seeds), at=0):
            session.edit_experiment("seeds", seeds=value)
            if steps:
                session.edit_experiment("steps", steps=steps)


def test_a_drag_is_one_change_however_many_of_its_values_are_told() -> None:
    session = Session(showing("lr=0.1"))
    before = session.workbench
    moved(session, 7, 8, 9)
    moved(session, 3, 3, steps=400)  # let go where it was told to be already; two values in one event
    session.edit_experiment("batch_size", batch_size=8)
    session.undo()
    assert session.workbench.experiment.batch_size == before.experiment.batch_size
    assert (session.workbench.experiment.seeds, session.workbench.experiment.steps) == (3, 400)
    session.undo()
    assert session.workbench.experiment.seeds == 9
    session.undo()
    assert session.workbench == before
    moved(session, 8, before.experiment.seeds)
    assert not session.undo(), "it came back to where it was"


def test_a_refused_change_cannot_be_undone() -> None:
    session = Session(showing("lr=0.1"))
    session.edit("plans", lambda bench: with_experiment(bench, plans=()))
    assert session.error("plans")
    assert not session.undo()


@pytest.mark.parametrize("fresh", [True, False])
def test_errors_and_widgets_go_with_the_workbench_that_they_speak_of(fresh: bool) -> None:
    session = Session(showing("lr=0.1"))
    session.refuse("field_0_base_lr", "No.")
    session.put(showing("lr=0.2"), fresh=fresh)
    assert session.error("field_0_base_lr") == ("" if fresh else "No.")
    assert session.revision == (1 if fresh else 0)


def test_a_drag_ends_when_its_slider_is_replaced() -> None:
    session = Session(showing("lr=0.1"), dragging=True)
    session.put(showing("lr=0.2"), fresh=False)
    assert session.dragging, "the slider is still there"
    session.put(showing("lr=0.2"))
    assert not session.dragging


def test_errors_of_one_card_are_cleared_alone() -> None:
    session = Session(errors={"field_0_base_lr": "No.", "field_1_base_lr": "No.", "steps": "No."})
    session.clear_errors("field_0_")
    assert set(session.errors) == {"field_1_base_lr", "steps"}


def test_the_page_is_stale_when_a_fragment_has_put_another_workbench() -> None:
    session = Session(showing("lr=0.1"))
    session.page_begins()
    assert not session.stale()
    session.edit_curves("log_x", log_x=True)
    assert session.stale()
    session.page_begins()
    assert not session.stale()


def address_bar() -> None:
    from ui.session.link import open_link, write_link

    open_link()
    write_link()


def test_the_address_follows_but_not_while_a_slider_is_dragged() -> None:
    app = AppTest.from_function(address_bar, default_timeout=30)
    app.query_params["plan"] = ["lr=0.1"]
    app.run()
    session: Session = app.session_state["session"]
    assert session.workbench.experiment.plans[0].text == "lr=0.1"
    session.put(showing("lr=0.2"))
    session.dragging = True
    app.run()
    assert "lr=0.1" in app.query_params["plan"]
    assert session.workbench == showing("lr=0.2"), "an address that lags behind is not read"
    session.dragging = False
    app.run()
    assert "lr=0.2" in app.query_params["plan"]


def test_an_address_that_the_browser_brought_back_is_read() -> None:
    app = AppTest.from_function(address_bar, default_timeout=30)
    app.run()
    session: Session = app.session_state["session"]
    revision = session.revision
    app.query_params["plan"] = ["lr=0.7", "lr=x"]
    app.run()
    assert [plan.text for plan in session.workbench.experiment.plans] == ["lr=0.7"]
    assert len(session.link_problems) == 1
    assert session.revision == revision + 1
    assert session.undo(), "what Back did is taken back as any change is"


def test_new_widgets_keep_no_slider_range_of_the_old_ones() -> None:
    session = Session(showing("lr=0.1"))
    session.slider_ranges["0_schedule.a@0"] = (0.0, 1.0)
    session.put(session.workbench, fresh=False)
    assert session.slider_ranges, "a slider that is drawn again keeps its range"
    session.renew()
    assert not session.slider_ranges
