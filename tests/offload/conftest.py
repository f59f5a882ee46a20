"""What the tests of calls outside the web process share: one fork server for most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lrcore.offload import Limits, Offload


@pytest.fixture(scope="module")
def offload() -> Iterator[Offload]:
    made = Offload(Limits(seconds=1, wall_seconds=30, nbytes=64 << 20, owner_waiting=30))
    yield made
    made.close()
