"""Beyond a limit the page says so where the text was pasted, the link opened or the run asked for."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.experiment import Experiment
from tests.jobs.virtual import VirtualClock, virtual_board
from tests.jobs.worlds import another_opening, of_seconds
from tests.ui.support import labelled
from ui.server import engine
from ui.server.guard import rates
from ui.server.settings import Settings


@pytest.fixture(autouse=True)
def one_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = rates.Rates(Settings(page_rate="1/minute", paste_rate="1/minute", job_rate="1/minute"))
    monkeypatch.setattr(rates, "rates", lambda: counts)
    monkeypatch.setattr(rates, "address", lambda: "a school")


def paste_page() -> None:
    from ui.curves.paste import paste_box
    from ui.session.session import session

    paste_box(session().workbench)


def test_a_paste_too_many_stays_and_is_answered_beside_the_box() -> None:
    app = AppTest.from_function(paste_page, default_timeout=30).run()
    for expected in ([], ["Too many pastes came from your address"]):
        app.text_area(key="paste_text").set_value("lr=0.2").run()
        labelled(app.button, "Replace the plans").click().run()
        assert [error.value.split(";")[0] for error in app.error] == expected
    assert app.text_area(key="paste_text").value == "lr=0.2"


def link_page() -> None:
    import streamlit as st

    from ui.session.link import open_link
    from ui.session.session import session

    open_link()
    st.text(session().workbench.experiment.plans[0].text)
    for problem in session().link_problems:
        st.warning(problem)


def test_a_link_too_many_leaves_the_page_as_it_is() -> None:
    opened, refused = (AppTest.from_function(link_page, default_timeout=30) for _ in range(2))
    for app in (opened, refused):
        app.query_params["plan"] = "lr=0.0625"
        app.run()
    assert opened.text[0].value == "lr=0.0625"
    assert refused.text[0].value != "lr=0.0625"
    assert refused.warning[0].value.startswith("Too many links came from your address; please wait")


def run_page() -> None:
    import streamlit as st

    from ui.playground.job import race_for
    from ui.session.session import session

    plans = [{"plans": [f"lr=0.{number}"], "steps": 20, "seeds": 1} for number in (1, 2)]
    experiment = type(session().workbench.experiment).model_validate(plans[st.session_state["which"]])
    race = race_for(experiment)
    st.text(race.experiment.id if race else "none")


def test_a_run_too_many_is_refused_and_one_that_exists_is_shown() -> None:
    app = AppTest.from_function(run_page, default_timeout=30)
    app.session_state["which"] = 0
    first = app.run().text[0].value
    assert app.run().text[0].value == first
    assert not app.error
    app.session_state["which"] = 1
    app.run()
    assert app.text[0].value == first, "what was shown stays"
    assert app.error[0].value.startswith("Too many experiments came from your address")


def race_page() -> None:
    import streamlit as st

    from ui.playground.job import race_for

    race = race_for(st.session_state["asked"])
    st.text(f"{race.job.experiment.seeds} {race.job.state}" if race else "none")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    """The time of a board on which two others race for ten seconds."""
    board, _, clock = virtual_board(2)
    monkeypatch.setattr(engine, "board", lambda: board)
    for owner in ("x", "y"):
        board.submit(of_seconds(10), owner)
    return clock


def asked(app: AppTest, experiment: Experiment) -> str:
    app.session_state["asked"] = experiment
    app.run()
    assert not app.exception
    return app.error[0].value.split(" came")[0] if app.error else app.text[0].value


def test_fewer_seeds_first_and_then_the_whole_are_one_run(clock: VirtualClock) -> None:
    app, experiment = AppTest.from_function(race_page, default_timeout=30), another_opening()
    seen = [asked(app, experiment), asked(app, experiment)]
    clock.pass_by(15)
    seen.append(asked(app, experiment))
    assert seen == ["2 queued", "2 queued", f"{experiment.seeds} running"]


def test_to_go_back_to_what_was_not_finished_is_a_run_like_any_other(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.pass_by(20)
    app, one, other = AppTest.from_function(race_page, default_timeout=30), *(of_seconds(50) for _ in "ab")
    assert asked(app, one) == "1 running"
    monkeypatch.setattr(rates, "address", lambda: "another school")
    assert asked(app, other) == "1 running"
    assert asked(app, one) == "Too many experiments"
