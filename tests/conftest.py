"""What all tests share: Hypothesis' profiles, and which tests go to one worker."""

from __future__ import annotations

import pytest

import tests.profiles  # noqa: F401  (registers them, before a test module asks)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give all tests of the browser to one worker: they share an app and a browser, and take turns there."""
    if item.get_closest_marker("browser"):
        item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run where groups are not kept together: two browsers on two cores are slow, and fail."""
    if not getattr(config.option, "loadgroup", False):
        return
    apart = [
        item.nodeid for item in items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
    ]
    if apart:
        raise pytest.UsageError(f"This pytest-xdist cannot keep the group of {apart[0]} with this pytest.")
