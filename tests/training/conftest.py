"""Tests own their process, so they give it one torch thread, as a worker does."""

from __future__ import annotations

import pytest

from lrcore.training import one_thread


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    one_thread()
