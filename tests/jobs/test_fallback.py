"""Two backends as one: who is asked, and what becomes of jobs when the first is lost and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lrcore import Experiment
from lrcore.jobs import JobBoard, Sink
from lrcore.jobs.backend import SlotDown, SlotMessage, SlotUp
from lrcore.jobs.fallback_backend import FallbackBackend
from tests.jobs.support import until


class Scripted:
    """A backend whose slots do what the test says."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.jobs: dict[int, str] = {}
        self.pids: dict[str, int] = {}
        self.started = self.closed = False

    def start(self, sink: Sink) -> None:
        self.started = True
        self._sink = sink

    def says(self, slot: int, message: SlotMessage) -> None:
        self.jobs.pop(slot, None)
        self._sink(slot, message)

    def run(self, slot: int, job: str, spec: str) -> None:
        self.jobs[slot] = job

    def cancel(self, slot: int, job: str) -> None:
        del self.jobs[slot]

    def kill(self, slot: int) -> None:
        self.killed = slot

    def close(self) -> None:
        self.closed = True


Three = tuple[JobBoard, Scripted, Scripted]


@pytest.fixture
def three() -> Iterator[Three]:
    first, second = Scripted(0), Scripted(1)
    board = JobBoard(FallbackBackend(first, second, slots=1))
    yield board, first, second
    board.close()
    assert first.closed
    assert second.closed == second.started


def _submit(board: JobBoard, seed: int) -> str:
    made = {"data": {"kind": "checkerboard", "seed": seed}, "plans": ["lr=0.1"]}
    return board.submit(Experiment.model_validate(made), str(seed)).id


def _up(first: Scripted, slots: int) -> None:
    first.slots = slots
    for slot in range(slots):
        first.says(slot, SlotUp())


def _lost(first: Scripted) -> None:
    slots, first.slots = first.slots, 0
    for slot in range(max(1, slots)):
        first.says(slot, SlotDown("The cluster is gone."))


def test_the_second_is_not_started_before_it_is_needed(three: Three) -> None:
    board, first, second = three
    _up(first, 2)
    job = _submit(board, 0)
    assert list(first.jobs.values()) == [job]
    assert not second.started


def test_a_first_that_never_was_there_is_replaced(three: Three) -> None:
    board, first, second = three
    _lost(first)
    second.says(0, SlotUp())
    assert second.jobs == {0: _submit(board, 0)}
    assert (board.ready, board.health()["slots"]) == (True, 1)


def test_a_job_that_crashes_is_no_loss_of_the_first(three: Three) -> None:
    board, first, second = three
    _up(first, 1)
    _submit(board, 0)
    first.says(0, SlotDown("Out of memory."))
    first.says(0, SlotUp())
    assert not second.started
    job = _submit(board, 1)
    assert first.jobs == {0: job}


def test_what_the_second_trains_outlives_the_return_of_the_first_and_its_next_loss(three: Three) -> None:
    board, first, second = three
    _lost(first)
    second.says(0, SlotUp())
    early, late = _submit(board, 0), _submit(board, 1)
    assert second.jobs == {0: early}
    _up(first, 1)
    assert first.jobs == {0: late}
    _lost(first)  # the slot that trains must not be given anew
    assert second.jobs == {0: early}
    job = board.job(early)
    assert job is not None
    assert job.state == "running"


def test_while_the_first_is_there_the_second_takes_nothing_new(three: Three) -> None:
    board, first, second = three
    _lost(first)
    second.says(0, SlotUp())
    early = _submit(board, 0)
    _up(first, 1)
    waiting = [_submit(board, 1), _submit(board, 2)]
    assert board.cancel(early, "0")
    second.says(0, SlotUp())
    assert (first.jobs, second.jobs) == ({0: waiting[0]}, {})
    _lost(first)
    until(lambda: second.jobs == {0: waiting[1]})
