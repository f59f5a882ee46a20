"""Who is still there: the jobs of a tab that has closed are released, those of one that came back are not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.server import engine
from ui.session import presence
from ui.session.session import Session


class Board:
    """A board that notes whose jobs are released."""

    def __init__(self) -> None:
        self.released: list[str] = []

    def release_all(self, owner: str) -> None:
        self.released.append(owner)


class Timer:
    """A timer that goes off when the test says so, cancelled or not: one may go off as it is cancelled."""

    made: list[Timer]

    def __init__(self, _seconds: float, go_off: Any) -> None:
        self.go_off = go_off
        self.made.append(self)

    def start(self) -> None:
        pass

    def cancel(self) -> None:
        pass


def run_of_the_script() -> None:
    from ui.session import presence

    presence.hold()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    board = Board()
    monkeypatch.setattr(engine, "board", lambda: board)
    monkeypatch.setattr(presence, "threading", SimpleNamespace(Timer=Timer))
    monkeypatch.setattr(presence, "_releases", {})
    Timer.made = []
    return board


def test_a_closed_tab_releases_its_jobs_after_a_while(board: Board) -> None:
    presence._release_later("ann")
    assert board.released == []
    Timer.made[0].go_off()
    assert board.released == ["ann"]


def test_a_tab_that_is_back_keeps_its_jobs_although_the_timer_went_off(board: Board) -> None:
    app = AppTest.from_function(run_of_the_script)
    app.session_state["session"] = session = Session()
    presence._release_later(session.owner)
    app.run()
    assert not app.exception
    Timer.made[0].go_off()
    assert board.released == []


def test_a_tab_that_closed_twice_has_its_time_from_the_second(board: Board) -> None:
    presence._release_later("ann")
    presence._release_later("ann")
    Timer.made[0].go_off()
    assert board.released == []
    Timer.made[1].go_off()
    assert board.released == ["ann"]
