"""One life of the zygote, seen from the web process: its start, the jobs it runs, its end. One thread owns
all of it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import lrcore
from lrcore.jobs import wire
from lrcore.jobs.backend import Said, Sink, SlotDown, SlotUp
from lrcore.jobs.job_events import LAST_KINDS, Failed
from lrcore.jobs.processes import ONE_THREAD, how_it_ended
from lrcore.results.events import Event, decode

_log = logging.getLogger(__name__)


class _Run:
    """A job in its worker process. It is over when the stream has ended and the zygote has reported how the
    process ended."""

    def __init__(self, slot: int, job: str, sock: socket.socket) -> None:
        self.slot = slot
        self.job = job
        self.channel = wire.Channel(sock)
        self.pid: int | None = None
        self.end: str | None = None  # how the process ended, in words
        # whether that end was expected: the job has sent its last event, or was asked to stop
        self.expected = False
        self.broken = False  # what it said could not be read


class Helper:
    """The process, the socket to it, and one socket per job straight to the job's worker."""

    def __init__(
        self, selector: selectors.BaseSelector, sink: Sink, slots: int, runner: str, device: str
    ) -> None:
        self._selector = selector
        self._sink = sink
        self._slots = slots
        self._runs: dict[int, _Run] = {}
        self._frames = wire.Frames()
        self.ready_since: float | None = None  # on the monotonic clock
        self._link, theirs = socket.socketpair()
        fd = theirs.fileno()
        command = [sys.executable, "-m", "lrcore.jobs.zygote", f"--fd={fd}", f"--parent={os.getpid()}"]
        with theirs:
            # Not multiprocessing: its spawn would run the app's script again in the helper.
            self.process = subprocess.Popen(
                [*command, f"--runner={runner}", f"--device={device}"],
                env=_environment(),
                pass_fds=[fd],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
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
        run = self._runs[slot] = _Run(slot, job, ours)
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

    def handle(self, key: selectors.SelectorKey, mask: int) -> bool:
        """Deal with one ready socket of this helper; False when the zygote is gone."""
        if key.fileobj is self._link:
            return self._receive_from_zygote()
        run: _Run = key.data
        if mask & selectors.EVENT_WRITE:
            self._send_to_worker(run, b"")
        if mask & selectors.EVENT_READ:
            self._receive_from_worker(run)
        return True

    def report_death(self) -> str:
        """The zygote is gone, and its workers with it: say so for every slot; the reason comes back."""
        for run in list(self._runs.values()):
            # a result that is already in the socket still counts
            while not (run.channel.ended or run.channel.empty):
                self._receive_from_worker(run)
        # its socket closes a little before its status is known
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1.0)
        self.end()
        how = how_it_ended(self.process.returncode)
        for slot in range(self._slots):
            reason = f"The training helper process ended ({how}), and this job with it. Start the job again."
            self._sink(slot, SlotDown(reason))
        return how

    def end(self) -> None:
        """Have the zygote end its workers and itself, and wait until it has."""
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
                self.ready_since = time.monotonic()
                for slot in range(self._slots):
                    self._sink(slot, SlotUp())
            case {"kind": "forked", "slot": int(slot), "pid": int(pid)}:
                self._runs[slot].pid = pid
            case {"kind": "exited", "slot": int(slot), "status": int(status)}:
                self._note_end(self._runs[slot], how_it_ended(status))
            case {"kind": "not_forked", "slot": int(slot), "error": str(error)}:
                self._note_end(self._runs[slot], error)

    def _note_end(self, run: _Run, end: str) -> None:
        run.pid = None
        run.end = end
        self._free_slot_if_over(run)

    def _receive_from_worker(self, run: _Run) -> None:
        """Pass on what a worker said."""
        said: list[Event | Failed] = []
        try:
            for tag, payload in run.channel.receive():
                said.append(
                    decode(payload) if tag == wire.EVENT else Failed(str(json.loads(payload)["failed"]))
                )
        except Exception:  # whatever it is, one worker that talks nonsense must not take the board along
            _log.exception(
                "Job %s in slot %d: what its worker said cannot be read; it is killed.", run.job, run.slot
            )
            run.broken = True
            self.kill(run.slot)
        if said:
            run.expected |= said[-1].kind in LAST_KINDS
            self._sink(run.slot, Said(said))
        if run.channel.ended:
            # an ended stream stays readable and would keep the loop busy
            self._selector.unregister(run.channel.sock)
            self._free_slot_if_over(run)

    def _free_slot_if_over(self, run: _Run) -> None:
        """The two signs of the end come in either order, and only both together free the slot."""
        if run.end is None or not run.channel.ended:
            return
        del self._runs[run.slot]
        run.channel.sock.close()
        if not run.expected:
            self._sink(run.slot, SlotDown(_reason(run)))
        self._sink(run.slot, SlotUp())

    def _send_to_worker(self, run: _Run, data: bytes) -> None:
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


def _reason(run: _Run) -> str:
    if run.broken:
        return (
            "The process that trained this job sent something unreadable and was ended. Start the job again."
        )
    hint = " The machine may have run out of memory." if run.end == how_it_ended(-signal.SIGKILL) else ""
    return f"The process that trained this job ended unexpectedly ({run.end}).{hint} Start the job again."


def _environment() -> dict[str, str]:
    """One thread for every library, before the first import; this lrcore, wherever the app was started; no
    CUDA before a fork."""
    root = str(Path(lrcore.__file__).parents[1])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    # PyTorch then asks the driver's monitoring library whether there is a GPU, which leaves a fork able to
    # use it.
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": path, "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
