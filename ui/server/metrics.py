"""The server's figures in Prometheus' words. docs/operations.md explains each; a test holds the two together.

What happens is counted when it does; what is, is looked up when somebody asks.
"""

from __future__ import annotations

import importlib.metadata
import logging
import platform
from collections.abc import Callable, Iterator
from typing import final

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from lrcore.jobs import Job, JobBoard
from ui.server.job_log import short
from ui.server.logs import event
from ui.server.processes import our_processes
from ui.server.visitors import visitors

# when each series began: twice as many lines, and nothing that is asked for
disable_created_metrics()  # type: ignore[no-untyped-call]
_WAIT_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_DURATION_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
_LAG_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_STATES = ("done", "failed", "crashed", "cancelled")
Board = Callable[[], JobBoard | None]


@final
class Metrics:
    """Counts what the board and its backend tell, and looks at `board()` when it is scraped."""

    def __init__(self, board: Board) -> None:
        self.registry = registry = CollectorRegistry()
        self._ended = Counter("lrlab_jobs_ended", "Jobs that ended, by how.", ["state"], registry=registry)
        for state in _STATES:  # a series that begins at its first event has no rate for it
            self._ended.labels(state)
        self._waited = Histogram(
            "lrlab_job_wait_seconds",
            "From asking for a job to its worker.",
            buckets=_WAIT_S,
            registry=registry,
        )
        self._ran = Histogram(
            "lrlab_job_duration_seconds",
            "How long jobs held a worker.",
            buckets=_DURATION_S,
            registry=registry,
        )
        self._lag = Histogram(
            "lrlab_event_lag_seconds",
            "From a worker's sending to the last listener's hearing.",
            buckets=_LAG_S,
            registry=registry,
        )
        self._slots = Counter(
            "lrlab_workers_lost", "Workers that ended without being asked to.", registry=registry
        )
        self._helpers = Counter(
            "lrlab_helper_restarts", "Training helpers that were lost.", registry=registry
        )
        self._refused = Counter(
            "lrlab_requests_refused",
            "Requests that were not served, by status.",
            ["status"],
            registry=registry,
        )
        self._not_taken = Counter(
            "lrlab_experiments_refused", "Experiments that the board did not take.", registry=registry
        )
        self._live = _Live(board)
        registry.register(self._live)

    def started(self, job: Job, waited_s: float) -> None:
        self._waited.observe(waited_s)

    def ended(self, job: Job, ran_s: float | None) -> None:
        self._ended.labels(job.state).inc()
        if ran_s is not None:
            self._ran.observe(ran_s)
            self._live.member_steps += _member_steps(job)

    def slot_lost(self, slot: int, reason: str) -> None:
        self._slots.inc()

    def helper_lost(self, reason: str) -> None:
        self._helpers.inc()

    def event_lag(self, seconds: float) -> None:
        self._lag.observe(seconds)

    def experiment_refused(self, session: str) -> None:
        """One that is too large, or one too many in the queue."""
        self._not_taken.inc()
        event("experiment refused", logging.WARNING, session=short(session))

    def refused(self, status: int) -> None:
        self._refused.labels(str(status)).inc()


def _member_steps(job: Job) -> int:
    return job.step * job.experiment.members


@final
class _Live(Collector):
    """What is, at the moment of a scrape."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._told = 0
        self.member_steps = 0  # of jobs that have ended

    def collect(self) -> Iterator[Metric]:
        board = self._board()
        jobs = board.live() if board else []
        yield _gauge(
            "lrlab_jobs",
            "Jobs now, by state.",
            "state",
            {state: sum(job.state == state for job in jobs) for state in ("running", "queued")},
        )
        health = board.health() if board else {}
        yield GaugeMetricFamily("lrlab_slots", "Jobs that can run at once.", float(health.get("slots") or 0))
        yield GaugeMetricFamily("lrlab_ready", "1 if a job could start.", float(bool(health.get("ready"))))
        yield GaugeMetricFamily("lrlab_sessions", "Visitors with an open tab.", float(len(visitors)))
        yield CounterMetricFamily(
            "lrlab_script_runs", "Runs of the page's whole script.", float(visitors.script_runs)
        )
        # A job that ends between two looks is counted in neither for an instant; a counter never falls.
        now = self.member_steps + sum(_member_steps(job) for job in jobs)
        self._told = max(self._told, now)
        yield CounterMetricFamily(
            "lrlab_member_steps", "Updates of networks, those of running jobs too.", float(self._told)
        )
        uses = list(our_processes(board))
        yield _gauge(
            "lrlab_process_resident_memory_bytes",
            "Memory of a process; helper and workers share some.",
            "process",
            {use.name: use.rss for use in uses},
        )
        yield _gauge(
            "lrlab_process_open_fds",
            "Open files and sockets of a process.",
            "process",
            {use.name: use.files for use in uses},
        )
        cpu = CounterMetricFamily("lrlab_process_cpu_seconds", "CPU time of a process.", labels=["process"])
        for use in uses:
            cpu.add_metric([use.name], use.cpu_s)
        yield cpu
        yield InfoMetricFamily("lrlab_build", "Versions of what runs.", versions())


def _gauge(name: str, text: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for of, value in values.items():
        family.add_metric([of], value)
    return family


def versions() -> dict[str, str]:
    """Of Python and of the libraries that decide how the app behaves."""
    found = {"python": platform.python_version()}
    for name in ("streamlit", "torch", "numpy", "plotly"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found
