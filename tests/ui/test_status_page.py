"""The operator's page: nothing without the token, and with it what runs, waits and went wrong."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.jobs import JobBoard, ZygoteBackend
from tests.jobs.fake_runners import make
from tests.jobs.support import RUNNER, ended, said_something, until
from ui.server import engine
from ui.server.recent import Recent
from ui.server.settings import settings
from ui.server.status import settings_in_words

TOKEN = "0123456789abcdef"


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LRLAB_OPERATOR_TOKEN", TOKEN)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    recent = Recent()
    backend = ZygoteBackend(1, runner=RUNNER, observer=recent)
    board = JobBoard(backend, observer=recent)
    monkeypatch.setattr(engine, "_board", board)
    monkeypatch.setattr(engine, "recent", recent)
    yield board, backend
    board.close()


def text(page: AppTest) -> str:
    """All words on the page, as they are read."""
    parts = (*page.markdown, *page.caption, *page.error)
    return "\n".join(str(part.value).replace("\\", "") for part in parts)


def status() -> AppTest:
    page = AppTest.from_file("../../pages/status.py", default_timeout=60).run()
    assert not page.exception
    return page


def test_it_opens_with_the_token_alone(token: None, board: tuple[JobBoard, ZygoteBackend]) -> None:
    page = status()
    page.text_input[0].input("wrong").run()
    assert "That is not the token" in page.error[0].value
    assert not page.metric
    page.text_input[0].input(TOKEN).run()
    assert [metric.label for metric in page.metric] == ["Training", "Slots in use", "Waiting", "Open tabs"]
    assert "set, and not shown" in text(page)
    assert TOKEN not in text(page)


def test_it_says_what_runs_what_waits_and_what_went_wrong(
    token: None, board: tuple[JobBoard, ZygoteBackend]
) -> None:
    jobs, backend = board
    lost = said_something(jobs.submit(make("steady", 20_000, 10, lr=0.1), "ann"))
    os.kill(until(lambda: backend.pids.get("slot 0")), signal.SIGKILL)
    ended(lost)
    running = said_something(jobs.submit(make("steady", 20_000, 10, lr=0.2), "a-very-long-owner"))
    jobs.submit(make(lr=0.3), "bob")
    until(lambda: running.step > 2 and backend.pids.get("slot 0"))
    page = status()
    page.text_input[0].input(TOKEN).run()
    assert [metric.value for metric in page.metric][:3] == ["ready", "1 of 1", "1"]
    said = text(page)
    assert "lr=0.2 on checkerboard" in said
    assert re.search(r"1\. for \d+ s, wanted by bob: lr=0\.3 on checkerboard", said)
    assert "job crashed: The process that trained this job ended unexpectedly (killed by SIGKILL)" in said
    assert f"| slot 0 ({backend.pids['slot 0']}) |" in said
    assert "a-very-long-owner" not in said + str(page.get("progress"))


def test_without_a_token_there_is_no_such_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """`/status` would be any other address that nobody serves; a direct run gives nothing away either."""
    monkeypatch.delenv("LRLAB_OPERATOR_TOKEN", raising=False)
    settings.cache_clear()
    page = status()
    page.text_input[0].input(TOKEN).run()
    assert page.error
    assert not page.metric


def test_settings_are_shown_as_they_are_written(token: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRLAB_TRUSTED_PROXIES", "10.0.0.0/8 ::1")
    settings.cache_clear()
    shown = settings_in_words()
    assert shown["LRLAB_TRUSTED_PROXIES"] == "10.0.0.0/8, ::1/128"
    assert shown["LRLAB_OPERATOR_TOKEN"] == "set, and not shown"
    assert {shown[f"LRLAB_{name}"] for name in ("OIDC_CLIENT_SECRET", "SECRET", "SLOTS", "BASE_PATH")} == {
        "not set"
    }
