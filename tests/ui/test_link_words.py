"""Every word of docs/links.md is read by the page and written into the address again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.links.words import WORDS
from ui.server import engine
from ui.session.session import Session


@pytest.fixture(autouse=True)
def board() -> Iterator[None]:
    engine.start()
    yield
    engine.stop()


def test_every_word_is_read_and_written_again() -> None:
    app = AppTest.from_file("../../ui/main.py", default_timeout=60)
    for word in WORDS:
        app.query_params[word.name] = [word.example] * (2 if word.name == "plan" else 1)
    app.run()
    assert not app.exception
    session: Session = app.session_state["session"]
    assert session.link_problems == ()
    assert {name: app.query_params[name] for name in app.query_params}.keys() == {w.name for w in WORDS}
    assert app.query_params["lr_axis"] == "log"
    assert app.query_params["loss"] == "validation"
    assert session.workbench.view.log_lr
    assert session.workbench.view.split == "val"
    assert session.workbench.view.loss_axis == app.query_params["loss_axis"] == "budget"


def test_words_that_mean_nothing_are_told_until_they_are_closed() -> None:
    app = AppTest.from_file("../../ui/main.py", default_timeout=60)
    said = {"split": "val", "loss": "valid", "ghost": "maybe", "edit": "none", "steps": "300"}
    for name, value in said.items():
        app.query_params[name] = value
    app.run()
    sentences = [warning.value for warning in app.warning]
    assert len(sentences) == 4
    assert [
        name for name in ("split", "loss", "ghost", "edit") if not any(name in one for one in sentences)
    ] == []
    assert all("left out" in sentence for sentence in sentences)
    app.button(key="close_link_problems").click().run()
    assert list(app.warning) == []
