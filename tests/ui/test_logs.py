"""The log: one line for what happens, ids and numbers, and never a text of a visitor."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit.logger
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send
from streamlit.testing.v1 import AppTest

from lrcore.jobs import JobBoard, ZygoteBackend
from tests.jobs.fake_runners import make
from tests.jobs.support import RUNNER, ended, run_async, until
from ui.server import engine, logs
from ui.server.job_log import JobLog
from ui.server.log_flood import FloodFilter
from ui.server.observers import Observers
from ui.server.refusals import Refusals
from ui.server.visitors import Visitors

MARKER = 0.13579246801  # a number that a visitor types: it is in the plan, in what is pasted, and in errors


@pytest.fixture
def loggers() -> Iterator[None]:
    """Everything that `logs.set_up` changes, as it was."""
    root, hook, setup = logging.getLogger(), threading.excepthook, streamlit.logger.setup_formatter
    handlers, level = root.handlers, root.level
    yield
    logging.captureWarnings(False)
    threading.excepthook, streamlit.logger.setup_formatter = hook, setup
    root.handlers = handlers
    root.setLevel(level)
    streamlit.logger.update_formatter()


@pytest.fixture
def written(loggers: None, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the server writes, as JSON lines."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    logs.set_up("info", "json")
    assert isinstance(sys.stderr, io.StringIO)
    return sys.stderr


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_job_is_followed_by_its_id_and_its_session(written: io.StringIO) -> None:
    told = Observers(JobLog())
    board = JobBoard(ZygoteBackend(1, runner=RUNNER, observer=told), observer=told)
    try:
        job = ended(board.submit(make(evaluations=5), "ann-and-a-long-id"))
        gone = ended(board.submit(make("exit"), "ann-and-a-long-id"))
    finally:
        board.close()
    said = {(line["message"], line.get("job")): line for line in lines(written)}
    start, end = (said[f"job {what}", job.id[:12]] for what in ("started", "ended"))
    assert {"session": "ann-and-a-lo", "members": 1, "steps": 5}.items() <= start.items()
    assert {"session": "ann-and-a-lo", "members": 1, "steps": 5, "state": "done"}.items() <= end.items()
    assert end["seconds"] >= 0 <= start["waited_s"]
    assert (end["level"], end["logger"]) == ("info", "lrlab")
    assert said["job ended", gone.id[:12]]["state"] == "crashed"
    assert "exit status 3" in said["worker lost", None]["reason"]


def test_sessions_and_refusals_have_a_line(written: io.StringIO) -> None:
    visitors = Visitors()
    for happens in (visitors.opened, visitors.opened, visitors.closed, visitors.closed):
        happens("ann")
    for kind, path in (("http", "/ready"), ("http", f"/{MARKER}"), ("websocket", "/lab/live/x")):
        run_async(Refusals(refuse)({"type": kind, "path": path}, nothing, forget))  # type: ignore[arg-type]
    assert [
        {key: value for key, value in line.items() if key not in ("time", "level", "logger")}
        for line in lines(written)
    ] == [
        {"message": "session opened", "session": "ann", "sessions": 1},
        {"message": "session closed", "session": "ann", "sessions": 0},
        {"message": "request refused", "kind": "http", "route": "ready", "status": 429},
        {"message": "request refused", "kind": "http", "route": "other", "status": 429},
        {"message": "request refused", "kind": "websocket", "route": "live", "status": 403},
    ]


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await PlainTextResponse("Too many.", status_code=429)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})


async def nothing() -> Message:
    return {"type": "websocket.connect"}


async def forget(message: Message) -> None:
    pass


def test_no_text_of_a_visitor_is_in_the_log(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Plans, links and pasted code with a marker, also where something breaks; workers' own output counts."""
    told = Observers(JobLog())
    board = JobBoard(ZygoteBackend(1, runner=RUNNER, observer=told), observer=told)
    monkeypatch.setattr(engine, "_board", board)
    try:
        for behaviour in ("steady", "break", "refuse", "exit", "garble"):
            assert ended(board.submit(make(behaviour, lr=MARKER))).experiment.plans[0].base_lr == MARKER
        page = AppTest.from_file("../../ui/main.py", default_timeout=60)
        page.query_params["plan"] = f"lr=-{MARKER}"
        assert str(MARKER) in page.run().warning[0].value.replace("\\", "")
        page.switch_page("../pages/curves.py").run()
        page.text_area(key="paste_text").input(f"scheduler = NoSuchLR(opt, {MARKER}, '{MARKER}'").run()
        page.button(key="paste_add").click().run()
        AppTest.from_function(breaks, default_timeout=60, kwargs={"what": MARKER}).run()
        thread = threading.Thread(target=breaks, args=(MARKER,))
        thread.start()
        thread.join()
        logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task %s>", MARKER)
        logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" 403', "::1", f"/live?plan={MARKER}")
        logging.getLogger("uvicorn.access").info("GET /?plan=%s", MARKER)
    finally:
        board.close()
    text = written.getvalue() + "".join(capfd.readouterr())
    said = [line["message"] for line in lines(written)]
    assert {"job ended", "A thread ended with an error", "Uncaught app execution"} <= set(said)
    assert any("the trainer broke: ZeroDivisionError\n  " in message for message in said)
    assert "Task exception was never retrieved" in said
    assert str(MARKER) not in text


def breaks(what: float) -> None:
    try:
        raise ValueError(f"the text {what}")
    except ValueError as error:
        raise RuntimeError(f"and again {what}") from error


def test_an_error_says_its_kinds_and_where_it_came_from(loggers: None, capsys: Any) -> None:
    logs.set_up("warning", "text")
    try:
        breaks(MARKER)
    except RuntimeError:
        logging.getLogger("lrcore.x").exception("It broke.")
    logs.event("not told at this level")
    logs.event("told", logging.WARNING, job="4f1c", seconds=None, state="failed")
    first, kinds, where, *_, last = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:,]{12} ERROR lrcore\.x: It broke\.", first)
    assert kinds == "RuntimeError from ValueError"
    assert re.fullmatch(r"  \S+test_logs\.py:\d+ in breaks", where)
    assert last.endswith("WARNING lrlab: told job=4f1c state=failed")


def test_a_logger_that_streamlit_makes_later_writes_the_same_way(written: io.StringIO) -> None:
    streamlit.logger.get_logger("streamlit.made_by_this_test").warning("late")
    assert until(lambda: lines(written))[0]["logger"] == "streamlit.made_by_this_test"


def test_a_thousand_errors_are_a_hundred_lines_and_a_number() -> None:
    now = 0.0
    flood = FloodFilter(clock=lambda: now)

    def kept(
        count: int, level: int = logging.ERROR, text: str = "no files for %s"
    ) -> list[logging.LogRecord]:
        records = [logging.LogRecord("asyncio", level, "", 0, text, (n,), None) for n in range(count)]
        return [record for record in records if flood.filter(record)]

    assert len(kept(1000)) == 100
    assert len(kept(1000, logging.INFO)) == 1000
    assert len(kept(3, text="something else")) == 3
    now = 61.0
    first, second = kept(2)
    assert logs.fields_of(first) == {"left_out": 900}
    assert logs.fields_of(second) == {}


def test_that_the_app_is_not_ready_is_an_answer_and_no_refusal(written: io.StringIO) -> None:
    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("Not yet.", status_code=503)(scope, receive, send)

    for path in ("/lab/ready", "/live/x"):
        run_async(Refusals(busy)({"type": "http", "path": path}, nothing, forget))
    assert [line["route"] for line in lines(written)] == ["live"]


def test_a_signal_handler_logs_while_its_own_thread_does() -> None:
    """It runs in the middle of whatever the main thread is at: a plain lock would never be released."""
    flood = FloodFilter()

    class Interrupted:
        def __str__(self) -> str:
            return str(flood.filter(logging.LogRecord("ui", logging.WARNING, "", 0, "ending", (), None)))

    record = logging.LogRecord("ui", logging.WARNING, "", 0, Interrupted(), (), None)
    thread = threading.Thread(target=flood.filter, args=(record,), daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
