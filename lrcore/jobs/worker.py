"""The life of one job in the process that was forked for it: read the experiment, train, report what happens,
end."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import NoReturn

from lrcore.errors import LRLabError
from lrcore.experiment.part import read_part
from lrcore.jobs import wire
from lrcore.jobs.processes import die_with_parent, prefer_as_oom_victim
from lrcore.results import events

# called like lrcore.training.train(experiment, device=..., should_stop=...), for a part with first_seed=...
Runner = Callable[..., Iterator[events.Event]]
DEFAULT_RUNNER = "lrcore.training:train"  # as text: only the helper imports it
# progress leaves at most about 12 times a second; what comes faster travels together, none is dropped
SEND_INTERVAL_S = 0.08


class Outbox:
    """Sends frames from a thread of its own, so that neither a full socket nor the pacing ever holds the
    trainer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._frames: list[bytes] = []
        # whether a waiting frame is one of many (progress), which counts against the interval
        self._paced = False
        self._urgent = False
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._send_all, name="outbox", daemon=True)
        self._thread.start()

    def put(self, data: bytes, *, paced: bool = False) -> None:
        with self._changed:
            self._frames.append(data)
            self._paced |= paced
            self._urgent |= not paced
            self._changed.notify()

    def close(self) -> None:
        """Send what is left and come back when it is sent."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _send_all(self) -> None:
        due = 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._closed)
                self._changed.wait_for(
                    lambda: self._urgent or self._closed, timeout=max(0.0, due - time.monotonic())
                )
                batch, paced = b"".join(self._frames), self._paced
                self._frames, self._paced, self._urgent = [], False, False
                if not batch:  # closed, and everything is sent
                    return
            try:
                self._sock.sendall(batch)
            except OSError:  # the web process is gone, and nobody else could want the result
                os._exit(0)
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


def _train(spec: bytes, runner: Runner, device: str, stop: threading.Event, outbox: Outbox) -> None:
    kind = ""
    experiment, first_seed = read_part(spec)
    part = {"first_seed": first_seed} if first_seed else {}
    for event in runner(experiment, device=device, should_stop=stop.is_set, **part):
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


def work(sock: socket.socket, runner: Runner, device: str, parent: int) -> None:
    """Train what arrives on `sock` and report there; the caller ends the process afterwards."""
    die_with_parent(parent)
    prefer_as_oom_victim()
    sock.setblocking(True)
    frames = wire.Frames()
    spec = _read_spec(sock, frames)
    if spec is None:
        return
    stop = threading.Event()
    threading.Thread(target=_listen, args=(sock, frames, stop), name="listener", daemon=True).start()
    outbox = Outbox(sock)
    try:
        _train(spec, runner, device, stop, outbox)
    except LRLabError as error:
        outbox.put(wire.control(failed=str(error)))
    except Exception as error:
        traceback.print_exc()
        outbox.put(wire.control(failed=_internal_error(error)))
    outbox.close()


def run_forked(
    close_inherited: Callable[[], None], sock: socket.socket, runner: Runner, device: str, parent: int
) -> NoReturn:
    """`work`, and then end the process without running anything that the helper has registered for its own
    exit."""
    code = 1
    try:
        close_inherited()
        work(sock, runner, device, parent)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
