"""One app for all tests of the guard, with limits that a test can reach."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.served import Served, served

LIMITS = {"page_rate": "6/minute", "socket_rate": "8/minute", "sockets_per_address": "3"}
COURSE = "https://course.example.org"
PUBLIC = "https://lab.example.org"
_people = count(1)


@pytest.fixture(scope="package")
def app() -> Iterator[Served]:
    with served(
        trusted_proxies="127.0.0.1, ::1",
        public_url=PUBLIC,
        allowed_origins=COURSE,
        frame_ancestors=COURSE,
        **LIMITS,
    ) as running:
        yield running


@pytest.fixture
def address() -> str:
    """An address from which nobody has come yet."""
    return f"198.51.100.{next(_people)}"
