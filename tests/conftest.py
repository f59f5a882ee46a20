"""What all tests share: Hypothesis' profiles, and which tests go to one worker."""

from __future__ import annotations

import pytest

import tests.profiles  # noqa: F401  (registers them, before a test module asks)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give all tests of the browser to one worker: they share an app and a browser, and take turns there."""
    if item.get_closest_marker("browser"):
        item.add_marker(pytest.mark.xdist_group("browser"))
