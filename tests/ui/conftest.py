"""What all tests of the pages share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.runtime.scriptrunner import script_runner


@pytest.fixture(scope="session", autouse=True)
def _keras_keeps_its_session() -> Iterator[None]:
    """After every run of a page Streamlit clears Keras' session if Keras was imported, as it is here by tests
    of the dialects, and never by the app: that collects garbage for most of a second, run after run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield
