"""The worker's side of the Dask backend: each Dask worker hosts a helper that forks a process per part of a
job, as the web process does on one machine (`zygote_backend`).

    dask worker tcp://scheduler:8786 --nthreads 2 --no-dashboard

is all that such a machine runs; the web process brings the `Host` along. Nothing of a job runs in the Dask
worker itself, so that its event loop stays free and whatever is stuck can be killed.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TypedDict, final

from distributed import Reschedule, Worker, WorkerPlugin, get_worker

from lrcore.jobs.backend import Said, SlotDown, SlotMessage, SlotUp
from lrcore.jobs.job_events import Failed
from lrcore.jobs.worker_limits import WorkerLimits
from lrcore.jobs.zygote_backend import ZygoteBackend
from lrcore.results.events import encode

KEY_PREFIX = "lrlab-"
GRACE_S = 0.3  # a part that does not stop within it after it was cancelled is killed
SETUP_S = 20.0  # for so long the worker is kept from other things while its helper starts
START_S = 60.0  # a part for which there is still no helper by then is given up


class News(TypedDict, total=False):
    """What a worker says while it trains, on the topic of the client that wants it."""

    key: str  # of the part
    state: str  # "begun", "over"
    first: int  # number of the first of `events` among all of the part
    events: list[bytes]


@final
@dataclass(frozen=True)
class Outcome:
    """How a part ended: all its events, as `lrcore.results.events.encode` writes them; or why there is no
    result."""

    events: tuple[bytes, ...] = ()
    failed: str = ""  # what the trainer said
    crashed: str = ""  # how its process ended


@dataclass(frozen=True)
class _Cancel:
    pass


@dataclass(frozen=True)
class _Leave:
    """The worker shuts down."""


@dataclass(frozen=True)
class _Run:
    messages: queue.SimpleQueue[SlotMessage | _Cancel | _Leave] = field(default_factory=queue.SimpleQueue)


@final
class Host(WorkerPlugin):
    """The helper of one Dask worker, and the way to it; one for all clients, with the limits of the first.

    Dask itself tells it to stop a part: when a client cancels, or is gone, the scheduler releases what only
    that client wanted, and the worker's state machine reports it here.
    """

    idempotent = True

    def __init__(self, runner: str, device: str, limits: WorkerLimits) -> None:
        self.name = f"{KEY_PREFIX}{runner}-{device}"
        self._runner = runner
        self._device = device
        self._limits = limits

    async def setup(self, worker: Worker) -> None:
        """Start the helper; the scheduler gives a new worker nothing to do until it is up."""
        # made here: the plugin travels from the client as a pickle
        self._changed = threading.Condition()
        self._up: list[int] = []
        self._reason = "The training helper does not answer."
        self._runs: dict[str, _Run] = {}
        self._in_slot: dict[int, _Run] = {}
        self._cancelled: set[str] = set()  # before its thread has begun
        self._backend = ZygoteBackend(
            worker.state.nthreads, device=self._device, runner=self._runner, limits=self._limits
        )
        self._backend.start(self._sink)
        until = time.monotonic() + SETUP_S
        while not self._up and time.monotonic() < until:
            await asyncio.sleep(0.05)

    def teardown(self, worker: Worker) -> None:
        with self._changed:
            for run in self._runs.values():
                run.messages.put(_Leave())
        self._backend.close()

    def transition(self, key: object, start: str, finish: str, **_: object) -> None:
        """On the worker's event loop: a task of ours that is executed is no longer wanted."""
        if start == "executing" and finish == "released" and str(key).startswith(KEY_PREFIX):
            with self._changed:
                if (run := self._runs.get(str(key))) is not None:
                    run.messages.put(_Cancel())
                else:
                    self._cancelled.add(str(key))

    def train(self, worker: Worker, topic: str, key: str, spec: str) -> Outcome:
        """Train a part in a process of its own, from a thread of the worker, and tell `topic` how it goes."""
        run = _Run()
        with self._changed:
            self._runs[key] = run
            if key in self._cancelled:
                self._cancelled.discard(key)
                run.messages.put(_Cancel())
            there = self._changed.wait_for(lambda: self._up or not run.messages.empty(), timeout=START_S)
            slot = self._up.pop() if self._up else None
            if slot is not None:
                self._in_slot[slot] = run
        try:
            if slot is None:
                return Outcome() if there else Outcome(crashed=self._reason)
            self._backend.run(slot, key, spec)
            return self._follow(run, slot, worker, topic, key)
        finally:
            with self._changed:
                del self._runs[key]

    def _follow(self, run: _Run, slot: int, worker: Worker, topic: str, key: str) -> Outcome:
        events: list[bytes] = []
        failed = ""
        grace: float | None = None
        while True:
            try:
                message = run.messages.get(timeout=grace)
            except queue.Empty:
                grace = None
                self._backend.kill(slot)
                continue
            match message:
                case _Cancel():
                    self._backend.cancel(slot, key)
                    grace = GRACE_S
                case Said(said):
                    failed = next((event.sentence for event in said if isinstance(event, Failed)), failed)
                    new = [encode(event) for event in said if not isinstance(event, Failed)]
                    if said[-1].kind != "finished":  # that one is long, and comes with the outcome
                        worker.log_event(topic, News(key=key, first=len(events), events=new))
                    events += new
                case _Leave():
                    raise Reschedule
                case SlotDown(reason):
                    return Outcome(crashed=reason)
                case SlotUp():
                    return Outcome(events=tuple(events), failed=failed)

    def _sink(self, slot: int, message: SlotMessage) -> None:
        """What the helper reports."""
        with self._changed:
            if (run := self._in_slot.get(slot)) is not None:
                run.messages.put(message)
            match message:
                case SlotUp():
                    self._in_slot.pop(slot, None)
                    self._up.append(slot)
                    self._changed.notify()
                case SlotDown(reason):
                    self._in_slot.pop(slot, None)
                    self._up = [other for other in self._up if other != slot]
                    self._reason = reason


def train_part(host: str, topic: str, key: str, spec: str) -> Outcome:
    """The task that the scheduler gives to a worker. `spec` is JSON; `host` the name of the `Host`."""
    worker = get_worker()
    plugin = worker.plugins[host]
    assert isinstance(plugin, Host)
    worker.log_event(topic, News(key=key, state="begun"))
    try:
        return plugin.train(worker, topic, key, spec)
    finally:
        worker.log_event(topic, News(key=key, state="over"))
