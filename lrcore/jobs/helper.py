"""One life of the zygote, seen from the web process: its start, the jobs it runs, its end. One thread owns
all of it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import socket
import subprocess
import time
from typing import final

from lrcore.jobs import wire
from lrcore.jobs.backend import BackendObserver, Said, Sink, SlotDown, SlotUp
from lrcore.jobs.helper_process import Setup, start_zygote
from lrcore.jobs.job_events import Failed
from lrcore.jobs.processes import how_it_ended
from lrcore.jobs.watchdog import Watchdog
from lrcore.jobs.worker_run import WorkerRun

_log = logging.getLogger(__name__)
# How long a helper may leave a ping unanswered, and how long it may take to import torch from a cold disk.
_SILENCE_MAX_S, _START_MAX_S = 10.0, 300.0


@final
class Helper:
    """The process, the socket to it, and one socket per job straight to the job's worker."""

    def __init__(
        self, selector: selectors.BaseSelector, sink: Sink, observer: BackendObserver | None, setup: Setup
    ) -> None:
        self._selector = selector
        self._sink = sink
        self._observer = observer
        self._setup = setup
        self._runs: dict[int, WorkerRun] = {}
        self._frames = wire.Frames()
        self._watchdog = Watchdog(_START_MAX_S)
        self._gone = False
        self._wedged: str | None = None  # what the watchdog said
        self.ready_since: float | None = None  # on the monotonic clock
        self.process, self._link = start_zygote(setup)
        selector.register(self._link, selectors.EVENT_READ, self)

    @property
    def worker_pids(self) -> dict[int, int]:
        """Slot -> process, of the slots that run a job; may be read from any thread."""
        return {slot: run.pid for slot, run in list(self._runs.items()) if run.pid is not None}

    def run(self, slot: int, job: str, spec: str) -> None:
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:  # no file descriptor left: that job's bad luck, not the end of the helper
            reason = f"The job could not be started ({os.strerror(error.errno or 0)}). Start the job again."
            self._sink(slot, SlotDown(reason))
            self._sink(slot, SlotUp())
            return
        run = self._runs[slot] = WorkerRun(slot, job, ours, self._setup.limits)
        self._selector.register(ours, selectors.EVENT_READ, run)
        with theirs:
            self._send_to_zygote(wire.control(op="run", slot=slot), theirs.fileno())
        self._send_to_worker(run, wire.frame(wire.CONTROL, spec.encode()))

    def cancel(self, slot: int, job: str) -> None:
        run = self._runs.get(slot)
        if run and run.job == job:
            run.expected = True
            self._send_to_worker(run, wire.control(op="cancel"))

    def kill(self, slot: int) -> None:
        if slot in self._runs:
            self._runs[slot].expected = False
            self._send_to_zygote(wire.control(op="kill", slot=slot))

    def look_after(self, passed_s: float) -> None:
        """Once in a while, `passed_s` after the last time: end what is there and no longer works."""
        if self._wedged is not None:  # killed; its socket is about to say that it is gone
            return
        self._wedged = self._watchdog.look(self.process.pid, passed_s)
        if self._wedged is not None:
            self.process.kill()
            return
        if self.ready_since is not None:
            self._send_to_zygote(wire.control(op="ping"))
        for slot, run in list(self._runs.items()):
            if run.look(passed_s):
                self.kill(slot)

    def handle(self, key: selectors.SelectorKey, mask: int) -> bool:
        """Deal with one ready socket of this helper; False when the zygote is gone."""
        if key.fileobj is self._link:
            return self._receive_from_zygote()
        run: WorkerRun = key.data
        if mask & selectors.EVENT_WRITE:
            self._send_to_worker(run, b"")
        if mask & selectors.EVENT_READ:
            self._receive_from_worker(run)
        return True

    def report_death(self) -> str:
        """The zygote is gone, and its workers with it: say so for every slot; the reason comes back."""
        self._gone = True  # a job that ends by itself now leaves no slot behind that could take another
        for run in list(self._runs.values()):
            # a result that is already in the socket still counts
            while not (run.channel.ended or run.channel.empty):
                self._receive_from_worker(run)
        # its socket closes a little before its status is known
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1.0)
        self.end()
        how = self._wedged or f"ended ({how_it_ended(self.process.returncode)})"
        for slot in range(self._setup.slots):
            reason = f"The training helper process {how}, and this job with it. Start the job again."
            self._sink(slot, SlotDown(reason))
        return how

    def end(self) -> None:
        """Have the zygote end its workers and itself, and wait until it has; idempotent."""
        if self._link.fileno() < 0:
            return
        self._selector.unregister(self._link)
        # at which a zygote that is ready kills its workers and leaves; one that still imports has none
        self._link.close()
        for run in self._runs.values():
            if not run.channel.ended:
                self._selector.unregister(run.channel.sock)
            run.channel.sock.close()  # at which a worker leaves by itself, should the zygote be past doing it
        self._runs.clear()
        if self.ready_since is None:
            self.process.kill()
        try:
            self.process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _receive_from_zygote(self) -> bool:
        try:
            data = self._link.recv(1 << 16)
        except ConnectionError:
            data = b""
        for _tag, payload in self._frames.feed(data):
            self._handle_message(payload)
        return bool(data)

    def _handle_message(self, payload: bytes) -> None:
        match json.loads(payload):
            case {"kind": "ready"}:
                self._watchdog = Watchdog(_SILENCE_MAX_S)
                self.ready_since = time.monotonic()
                for slot in range(self._setup.slots):
                    self._sink(slot, SlotUp())
            case {"kind": "pong"}:
                self._watchdog.heard()
            case {"kind": "forked", "slot": int(slot), "pid": int(pid)}:
                self._runs[slot].pid = pid
            case {"kind": "exited", "slot": int(slot), "status": int(status)}:
                self._note_end(self._runs[slot], how_it_ended(status))
            case {"kind": "not_forked", "slot": int(slot), "error": str(error)}:
                self._note_end(self._runs[slot], error)

    def _note_end(self, run: WorkerRun, end: str) -> None:
        run.pid = None
        run.end = end
        self._free_slot_if_over(run)

    def _receive_from_worker(self, run: WorkerRun) -> None:
        """Pass on what a worker said."""
        broken = run.broken
        if said := run.receive():
            self._sink(run.slot, Said(said))
        if run.broken and not broken:
            self.kill(run.slot)
        if run.sent_at is not None and self._observer is not None:
            self._observer.event_lag(time.monotonic() - run.sent_at)
        if run.channel.ended:
            # an ended stream stays readable and would keep the loop busy
            self._selector.unregister(run.channel.sock)
            self._free_slot_if_over(run)

    def _free_slot_if_over(self, run: WorkerRun) -> None:
        """The two signs of the end come in either order, and only both together free the slot."""
        if not run.over:
            return
        del self._runs[run.slot]
        run.channel.sock.close()
        if not run.expected:
            refusal = run.refusal()
            self._sink(run.slot, Said([Failed(refusal)]) if refusal else SlotDown(run.reason()))
        if not self._gone:
            self._sink(run.slot, SlotUp())

    def _send_to_worker(self, run: WorkerRun, data: bytes) -> None:
        if not run.channel.ended:
            more = run.channel.send(data)
            self._selector.modify(
                run.channel.sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if more else 0), run
            )

    def _send_to_zygote(self, data: bytes, *descriptors: int) -> None:
        try:
            socket.send_fds(self._link, [data], descriptors)
        except ConnectionError:  # the zygote is gone; reading the socket is about to say so
            return
