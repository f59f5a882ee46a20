"""The life of one job in the process that was forked for it: read the experiment, train, report what happens,
end."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from lrcore.errors import LRLabError
from lrcore.experiment.part import read_part
from lrcore.jobs import wire
from lrcore.jobs.error_place import place_of
from lrcore.jobs.processes import die_with_parent, prefer_as_oom_victim
from lrcore.jobs.worker_limits import OUT_OF_MEMORY, WorkerLimits, is_out_of_memory
from lrcore.results import events

# called like lrcore.training.train(experiment, device=..., should_stop=...), for a part with first_seed=...
Runner = Callable[..., Iterator[events.Event]]
DEFAULT_RUNNER = "lrcore.training:train"  # as text: only the helper imports it
# progress leaves at most about 12 times a second; what comes faster travels together, none is dropped
SEND_INTERVAL_S = 0.08
BEAT_S = 1.0  # how often a trainer that works and says nothing is said to work


@dataclass(frozen=True)
class Task:
    """What every worker of a helper does, and within which limits."""

    runner: Runner
    device: str
    limits: WorkerLimits
    limit_memory: bool  # not on a GPU: see `WorkerLimits.apply`


class Outbox:
    """Sends frames from a thread of its own, so that neither a full socket nor the pacing ever holds the
    trainer. Each batch ends with the time at which it was sent; such a time alone is a heartbeat, and the
    proof that the trainer's own thread gets on."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._frames: list[bytes] = []
        # whether a waiting frame is one of many (progress), which counts against the interval
        self._paced = False
        self._urgent = False
        self._closed = False
        self._beats = 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._send_all, name="outbox", daemon=True)
        self._thread.start()

    def put(self, data: bytes, *, paced: bool = False) -> None:
        with self._changed:
            self._frames.append(data)
            self._paced |= paced
            self._urgent |= not paced
            self._changed.notify()

    def beat(self) -> None:
        """The trainer has got on: said by its thread, as often as it likes."""
        self._beats += 1

    def close(self) -> None:
        """Send what is left and come back when it is sent."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _send_all(self) -> None:
        due, told = 0.0, 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._closed, timeout=BEAT_S)
                self._changed.wait_for(
                    lambda: self._urgent or self._closed, timeout=max(0.0, due - time.monotonic())
                )
                frames, paced = self._frames, self._paced
                self._frames, self._paced, self._urgent = [], False, False
                if not frames and self._closed:  # everything is sent
                    return
            if not frames and told == self._beats:
                continue
            told = self._beats
            try:
                self._sock.sendall(b"".join((*frames, wire.control(sent=time.monotonic()))))
            except OSError:  # the web process is gone, and nobody else could want the result
                os._exit(0)
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            del frames  # while this thread waits
            if paced:
                due = time.monotonic() + SEND_INTERVAL_S


def _receive(sock: socket.socket) -> bytes:
    """What has come; nothing at the end of the stream, also when the other side was killed before it had read
    everything."""
    try:
        return sock.recv(1 << 16)
    except ConnectionError:
        return b""


def _listen(sock: socket.socket, frames: wire.Frames, stop: threading.Event) -> None:
    """Wait for `cancel`. The end of the stream means that the web process is gone or has dropped the job: end
    at once."""
    while True:
        if not (data := _receive(sock)):
            os._exit(0)
        if list(frames.feed(data)):  # after the experiment, cancel is the only thing that is ever said
            stop.set()


def _read_spec(sock: socket.socket, frames: wire.Frames) -> bytes | None:
    """The experiment; None if the web process is gone before it has sent it."""
    while data := _receive(sock):
        for _tag, payload in frames.feed(data):
            return payload
    return None


def _internal_error(error: BaseException) -> str:
    return (
        f"The trainer stopped with an internal error ({type(error).__name__}). "
        "The server's log has the details; change a setting or try again."
    )


def _train(spec: bytes, task: Task, stop: threading.Event, outbox: Outbox) -> None:
    def should_stop() -> bool:
        outbox.beat()
        return stop.is_set()

    kind = ""
    experiment, first_seed = read_part(spec)
    part = {"first_seed": first_seed} if first_seed else {}
    for event in task.runner(experiment, device=task.device, should_stop=should_stop, **part):
        kind = event.kind
        outbox.put(wire.frame(wire.EVENT, events.encode(event)), paced=kind == "progress")
        if stop.is_set():  # nobody listens any more: even a trainer that never asks stops at its next yield
            return
    if kind != "finished" and not stop.is_set():
        outbox.put(
            wire.control(
                failed="The trainer ended without a result; the server's log may say why. Try again."
            )
        )


def work(sock: socket.socket, task: Task, parent: int) -> None:
    """Train what arrives on `sock` and report there; the caller ends the process afterwards."""
    die_with_parent(parent)
    prefer_as_oom_victim()
    task.limits.apply(memory=task.limit_memory)
    sock.setblocking(True)
    frames = wire.Frames()
    spec = _read_spec(sock, frames)
    if spec is None:
        return
    stop = threading.Event()
    threading.Thread(target=_listen, args=(sock, frames, stop), name="listener", daemon=True).start()
    outbox = Outbox(sock)
    try:
        _train(spec, task, stop, outbox)
    except LRLabError as error:
        outbox.put(wire.control(failed=str(error)))
    except Exception as error:
        if is_out_of_memory(error):
            outbox.close()
            os._exit(OUT_OF_MEMORY)
        outbox.put(wire.control(failed=_internal_error(error), cause=place_of(error)))
    outbox.close()


def run_forked(close_inherited: Callable[[], None], sock: socket.socket, task: Task, parent: int) -> NoReturn:
    """`work`, and then end the process without running anything that the helper has registered for its own
    exit."""
    code = 1
    try:
        close_inherited()
        work(sock, task, parent)
        code = 0
    except BaseException as error:
        print("A worker broke:", place_of(error), file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)
