from __future__ import annotations

from collections.abc import Iterator

import pytest

from lrcore.jobs import JobBoard, ZygoteBackend
from tests.jobs.support import running_board


@pytest.fixture
def board2() -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    with running_board(2) as pair:
        yield pair


@pytest.fixture
def board1() -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    with running_board(1) as pair:
        yield pair
