"""The metrics, read as Prometheus reads them, while real jobs run in real processes."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import Response

from lrcore.jobs import JobBoard, ZygoteBackend
from tests.jobs.fake_runners import make
from tests.jobs.support import RUNNER, ended, run_async, said_something, until
from tests.source import ROOT
from ui.server import engine, metrics_route, offload
from ui.server.metrics import Metrics
from ui.server.observers import Observers
from ui.server.settings import settings

TOKEN = "0123456789abcdef"
Pair = tuple[JobBoard, ZygoteBackend]


class Broken:
    """A listener with a bug."""

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError(name)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    boards: list[JobBoard] = []
    counted = Metrics(lambda: boards[0])
    told = Observers(Broken(), counted)
    backend = ZygoteBackend(1, runner=RUNNER, observer=told)
    boards.append(JobBoard(backend, observer=told))
    monkeypatch.setattr(engine, "metrics", counted)
    try:
        until(lambda: boards[0].ready)
        yield boards[0], backend
    finally:
        boards[0].close()


@pytest.fixture(autouse=True)
def operated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LRLAB_OPERATOR_TOKEN", TOKEN)
    settings.cache_clear()
    yield
    settings.cache_clear()


def ask(authorization: str = f"Bearer {TOKEN}") -> Response:
    headers = [(b"authorization", authorization.encode())]
    return run_async(metrics_route.metrics(Request({"type": "http", "method": "GET", "headers": headers})))


def figures() -> dict[str, float]:
    """Each sample as `name{label=value}`, without the buckets."""
    text = bytes(ask().body).decode()
    return {
        sample.name + "".join(f"{{{key}={value}}}" for key, value in sample.labels.items()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }


def test_a_job_changes_the_numbers(served: Pair) -> None:
    board, _ = served
    before = figures()
    job = said_something(board.submit(make(evaluations=20_000, ms=10), "ann"))
    waiting = board.submit(make(lr=0.5), "bob")
    during = until(lambda: (now := figures())["lrlab_member_steps_total"] > 3 and now)
    assert (during["lrlab_jobs{state=running}"], during["lrlab_jobs{state=queued}"]) == (1, 1)
    assert during["lrlab_process_resident_memory_bytes{process=slot 0}"] > 1e6
    assert during["lrlab_process_cpu_seconds_total{process=helper}"] > 0
    board.cancel(job.id, "ann")
    ended(waiting)
    done = before["lrlab_jobs_ended_total{state=done}"] + 1  # who observes hears of an end after it
    until(lambda: figures()["lrlab_jobs_ended_total{state=done}"] == done)
    after = until(lambda: (now := figures())["lrlab_event_lag_seconds_count"] > 1 and now)
    change = {name: after[name] - value for name, value in before.items() if name in after}
    assert change["lrlab_jobs_ended_total{state=cancelled}"] == 1
    assert change["lrlab_jobs_ended_total{state=done}"] == 1
    assert change["lrlab_job_wait_seconds_count"] == change["lrlab_job_duration_seconds_count"] == 2
    assert change["lrlab_member_steps_total"] == job.step + waiting.steps
    assert change["lrlab_job_duration_seconds_sum"] > 0
    assert 0 <= after["lrlab_event_lag_seconds_sum"] < 60 * after["lrlab_event_lag_seconds_count"]
    assert (after["lrlab_ready"], after["lrlab_slots"]) == (1, 1)


def test_what_is_lost_is_counted(served: Pair) -> None:
    board, backend = served
    job = said_something(board.submit(make(evaluations=20_000, ms=10)))
    os.kill(until(lambda: backend.pids.get("slot 0")), signal.SIGKILL)
    ended(job)
    until(lambda: figures()["lrlab_jobs_ended_total{state=crashed}"] == 1)
    helper = backend.pids["helper"]
    os.kill(helper, signal.SIGKILL)
    until(lambda: backend.pids.get("helper", helper) != helper and board.ready)
    now = figures()
    assert now["lrlab_workers_lost_total"] == 2  # the helper's end is the slot's too
    assert now["lrlab_helper_restarts_total"] == 1
    assert now["lrlab_jobs_ended_total{state=crashed}"] == 1


def test_every_process_of_ours_is_looked_at(served: Pair) -> None:
    offload.start()
    try:
        names = {"web", "offload", "helper"}
        seen = [f"lrlab_process_resident_memory_bytes{{process={name}}}" for name in names]
        assert until(lambda: (now := figures()).keys() >= set(seen) and now)[seen[0]] > 1e6
    finally:
        offload.stop()


def test_the_document_names_every_metric_and_no_other(served: Pair) -> None:
    engine.metrics.refused(429)
    told = {name.partition("{")[0].removesuffix("_count").removesuffix("_sum") for name in figures()}
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("<!-- metrics -->")[1]
    assert set(re.findall(r"^\| `(\w+)", table.split("<!-- /metrics -->")[0], re.MULTILINE)) == told


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer \udcff"])
def test_only_the_operator_reads_them(authorization: str) -> None:
    headers = [(b"authorization", authorization.encode(errors="surrogateescape"))]
    answer = run_async(metrics_route.metrics(Request({"type": "http", "method": "GET", "headers": headers})))
    assert answer.status_code == 401


def test_without_a_token_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LRLAB_OPERATOR_TOKEN")
    settings.cache_clear()
    assert ask().status_code == ask("Bearer ").status_code == 404
