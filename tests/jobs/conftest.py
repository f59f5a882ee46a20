"""Boards that the tests of a module share, since each begins with a helper process. A test that kills the
helper or closes the board makes its own with `running_board`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from lrcore.jobs import JobBoard, ZygoteBackend
from tests.jobs import fake_runners
from tests.jobs.support import running_board, until

Pair = tuple[JobBoard, ZygoteBackend]
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _experiments_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board keeps results: an experiment that one test has run must not be the next one's."""
    monkeypatch.setattr(fake_runners, "data_seed", next(_numbers))


@pytest.fixture(scope="module")
def _board_of_one_slot() -> Iterator[Pair]:
    with running_board(1) as pair:
        yield pair


@pytest.fixture(scope="module")
def _board_of_two_slots() -> Iterator[Pair]:
    with running_board(2) as pair:
        yield pair


@pytest.fixture
def board1(_board_of_one_slot: Pair) -> Iterator[Pair]:
    yield _board_of_one_slot
    _stop_everything(*_board_of_one_slot)


@pytest.fixture
def board2(_board_of_two_slots: Pair) -> Iterator[Pair]:
    yield _board_of_two_slots
    _stop_everything(*_board_of_two_slots)


def _stop_everything(board: JobBoard, backend: ZygoteBackend) -> None:
    for job in board.live():
        for owner in list(job.owners):
            board.cancel(job.id, owner)
    health = board.health()
    assert (health["queued"], health["running"]) == (0, 0)
    until(lambda: set(backend.pids) == {"helper"})
