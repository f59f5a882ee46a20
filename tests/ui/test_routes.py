"""The server's readiness, as a load balancer or a container's health check asks for it."""

from __future__ import annotations

import json
import threading

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.jobs.support import run_async
from ui.server import engine, routes


class Board:
    """A board whose workers are up when the test says so."""

    def __init__(self) -> None:
        self.ready = False

    def health(self) -> dict[str, bool]:
        return {"ready": self.ready}


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    board = Board()
    monkeypatch.setattr(engine, "board", lambda: board)
    return board


def ask(query: str) -> JSONResponse:
    return run_async(
        routes.ready(
            Request({"type": "http", "method": "GET", "headers": [], "query_string": query.encode()})
        )
    )


@pytest.mark.parametrize("query", ["", "wait=0.2", "wait=soon", "wait=nan", "wait=-1"])
def test_ready_says_no_while_no_worker_is_up(board: Board, query: str) -> None:
    assert ask(query).status_code == 503


def test_ready_waits_for_workers_that_are_starting(board: Board) -> None:
    threading.Timer(0.3, lambda: setattr(board, "ready", True)).start()
    answer = ask("wait=50")
    assert answer.status_code == 200
    assert json.loads(answer.body) == {"ready": True}
