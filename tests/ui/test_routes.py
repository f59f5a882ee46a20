"""The server's own routes: readiness, as a container's health check asks for it, and the events of a job."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Message
from starlette.websockets import WebSocket

from lrcore.errors import JobError
from lrcore.experiment import Experiment
from lrcore.jobs import Job, Subscription
from lrcore.results.axes import AxisName, loss_axis
from tests import bombs
from tests.jobs.support import PATIENCE_S, run_async
from ui.server import engine, routes
from ui.server.live import live_address
from ui.server.loss_axes import axis_of


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


class OneJob:
    """A board with one job, which waits for ever."""

    def __init__(self) -> None:
        self.one = Job(Experiment.model_validate({"plans": ["lr=0.1"]}), "it", position=1)

    def job(self, job_id: str) -> Job | None:
        return self.one if job_id == self.one.id else None

    def subscribe(self, job_id: str) -> Subscription:
        if job_id != self.one.id:
            raise JobError("There is no such job.")
        return Subscription(self.one)


def watch(
    job: Job,
    *received: Message,
    key: str | None = None,
    axis: AxisName = "updates",
    stays_s: float = 0,
) -> list[Message]:
    """What the route sends to a viewer with the job's address, or one with another key in it, from whom these
    messages come, the last of them after a while."""
    path, _, query = live_address(job, "train", axis=axis).partition("?")
    if key is not None:
        query = f"split=train&key={key}"
    sent: list[Message] = []
    coming = [{"type": "websocket.connect"}, *received]

    async def receive() -> Message:
        await asyncio.sleep(stays_s if len(coming) == 1 else 0)
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "headers": [],
        "query_string": query.encode(),
        "path_params": {"job_id": path.removeprefix("/live/")},
    }
    run_async(asyncio.wait_for(routes.live(WebSocket(scope, receive, send)), PATIENCE_S))
    return sent


def content(message: Message) -> Any:
    return json.loads(message["text"])


def test_who_asks_for_a_job_that_is_gone_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "board", OneJob)
    accepted, answer, closed = watch(replace(OneJob().one, id="another"))
    assert (accepted["type"], closed["type"]) == ("websocket.accept", "websocket.close")
    assert (content(answer)["kind"], content(answer)["state"]) == ("done", "unknown")


@pytest.mark.parametrize("key", ["", "0" * 32, "é", "another's"])
def test_a_job_cannot_be_watched_by_its_id_alone(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    board = OneJob()
    monkeypatch.setattr(engine, "board", lambda: board)
    another = parse_qs(urlsplit(live_address(replace(board.one, id="another"), "train")).query)["key"][0]
    _, answer, closed = watch(board.one, key=another if key == "another's" else key)
    assert (content(answer)["state"], closed["type"]) == ("unknown", "websocket.close")


def test_a_viewer_who_leaves_is_forgotten_whatever_was_sent_before(monkeypatch: pytest.MonkeyPatch) -> None:
    board = OneJob()
    monkeypatch.setattr(engine, "board", lambda: board)
    noise: list[Message] = [
        {"type": "websocket.receive", "text": "hello"},
        {"type": "websocket.receive", "bytes": b"hello"},
    ]
    sent = watch(board.one, *noise, {"type": "websocket.disconnect", "code": 1001})
    assert content(sent[1])["status"]["text"].startswith("Waiting for a free worker")
    assert not board.one.listeners


def test_a_viewer_hears_that_the_connection_holds_while_the_job_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = OneJob()
    monkeypatch.setattr(engine, "board", lambda: board)
    monkeypatch.setattr(routes, "_SIGN_OF_LIFE_S", 0.02)
    sent = watch(board.one, {"type": "websocket.disconnect", "code": 1001}, stays_s=0.3)
    waiting, *signs = [content(message) for message in sent if message["type"] == "websocket.send"]
    assert waiting["status"]["text"].startswith("Waiting")
    assert len(signs) > 1
    assert all(sign == {"kind": "status"} for sign in signs)


@pytest.mark.parametrize("axis", ["updates", "samples", "budget"])
def test_a_viewer_gets_the_axis_of_the_address(monkeypatch: pytest.MonkeyPatch, axis: AxisName) -> None:
    board = OneJob()
    monkeypatch.setattr(engine, "board", lambda: board)
    sent = watch(board.one, {"type": "websocket.disconnect", "code": 1001}, axis=axis)
    title = loss_axis(board.one.experiment, axis).title
    assert content(sent[1])["layout"]["xaxis"]["title"]["text"] == title


@pytest.mark.parametrize("schedule", ["LambdaLR('1 / (1 - epoch)')", bombs.SCHEDULES["many recursions"]])
def test_a_budget_that_cannot_be_summed_up_here_is_replaced_by_updates(schedule: str) -> None:
    experiment = Experiment.model_validate({"plans": [f"lr=0.1 {schedule} per iteration"], "steps": 20_000})
    assert axis_of(experiment, "budget") is None
    assert axis_of(experiment, "epochs") is not None
