"""A few scripts at a time: who has a turn, who waits for one, and who leaves it to others."""

from __future__ import annotations

import threading

import pytest

from tests.jobs.support import PATIENCE_S
from ui.server.turns import turn, waiting


class Script:
    """A thread that takes a turn, and goes on when it is told to."""

    def __init__(self, *, leaves: bool = False) -> None:
        self.begun, self.back, self.go = threading.Event(), threading.Event(), threading.Event()
        self._leaves = leaves
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        with turn(), turn():  # a fragment is drawn inside the run of its page
            self.begun.set()
            if self._leaves:
                with waiting():
                    self.go.wait(PATIENCE_S)
                self.back.set()
            else:
                self.go.wait(PATIENCE_S)


def test_two_run_and_the_third_waits() -> None:
    first, second, third = Script(), Script(), Script()
    running = [script for script in (first, second, third) if script.begun.wait(0.5)]
    assert len(running) == 2
    running[0].go.set()
    (last,) = {first, second, third} - set(running)
    assert last.begun.wait(PATIENCE_S)
    for script in (first, second, third):
        script.go.set()
        script.thread.join(PATIENCE_S)


def test_who_waits_for_another_process_leaves_the_turn_to_others_and_takes_it_again() -> None:
    away = [Script(leaves=True) for _ in range(2)]
    assert all(script.begun.wait(PATIENCE_S) for script in away)
    others = [Script() for _ in range(2)]
    assert all(script.begun.wait(PATIENCE_S) for script in others)
    away[0].go.set()
    assert not away[0].back.wait(0.3), "no turn is free"
    others[0].go.set()
    assert away[0].back.wait(PATIENCE_S)
    for script in (*away, *others):
        script.go.set()
        script.thread.join(PATIENCE_S)


def test_a_script_that_ends_with_an_error_gives_its_turn_back() -> None:
    for _ in range(5):
        with pytest.raises(ValueError, match="broken"), turn():
            raise ValueError("broken")
    script = Script()
    assert script.begun.wait(PATIENCE_S)
    script.go.set()
    script.thread.join(PATIENCE_S)


def test_outside_a_turn_waiting_changes_nothing() -> None:
    with waiting():
        pass
    test_two_run_and_the_third_waits()
