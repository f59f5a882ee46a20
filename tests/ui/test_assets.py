"""The addresses of what a browser loads beside a page."""

from __future__ import annotations

import sys

import pytest

from ui.server import assets


def test_a_charts_address_does_not_depend_on_what_another_thread_does_to_the_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit puts folders into `sys.path` and takes them out while other threads walk through it."""
    before = assets.plotly_url()
    monkeypatch.setattr(sys, "path", [])
    assert assets.plotly_url() == before
