"""Who is still there: the board hears of a session that runs and of a tab that has closed."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.jobs.virtual import virtual_board
from tests.jobs.worlds import of_seconds
from ui.server import engine
from ui.server.visitors import visitors
from ui.session import presence
from ui.session.session import Session


def test_a_session_that_ends_after_the_app_starts_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_board", None)
    monkeypatch.setattr(engine, "start_engine", lambda *_, **__: pytest.fail("an engine was started"))
    presence._left("ann")


def run_of_the_script() -> None:
    from ui.session import presence

    presence.hold()


def test_a_run_says_that_the_tab_is_there_and_its_end_that_it_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board, _, clock = virtual_board(2)
    monkeypatch.setattr(engine, "_board", board)
    app = AppTest.from_function(run_of_the_script)
    app.session_state["session"] = visitor = Session()
    job = board.submit(of_seconds(300), visitor.owner)
    presence._left(visitor.owner)
    clock.pass_by(20)
    app.run()
    assert not app.exception
    clock.pass_by(60)
    assert job.state == "running", "the tab was there again in time"
    presence._left(visitor.owner)
    clock.pass_by(31)
    assert job.state == "cancelled"


def test_a_run_of_the_page_counts_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    board, _, _ = virtual_board(1)
    monkeypatch.setattr(engine, "board", lambda: board)
    before = visitors.script_runs
    app = AppTest.from_file("../../ui/main.py", default_timeout=60).run()
    assert not app.exception
    assert visitors.script_runs == before + 1
