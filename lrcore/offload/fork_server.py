"""The process that calculates for the web process: `python -m lrcore.offload.fork_server`, started by
`Offload`.

It imports the core once and forks a child for each call, which takes 3 ms. So a call can be ended at any
moment by the kernel, by its CPU time or by its memory, without a trace in the next one.

    <- {"id": 7, "name": "match", "arguments": ["lr=0.1", ...]}
    -> {"id": 7, "result": ...}, {"id": 7, "refused": "...", "missing": []} or {"id": 7, "ended": "cpu"}
"""

from __future__ import annotations

import argparse
import dataclasses
import errno
import gc
import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Sequence

from lrcore.errors import LRLabError, PlanError
from lrcore.jobs import wire
from lrcore.jobs.error_place import place_of
from lrcore.jobs.processes import die_with_parent, hung_up, prefer_as_oom_victim, thread_count
from lrcore.offload.functions import FUNCTIONS, Json
from lrcore.offload.limits import Limits

REPLY_MAX = 2 << 20  # bytes; the longest that is any use to a page is some 100 kB
_NICE = 5  # below the web process, above the training
_log = logging.getLogger(__name__)


@dataclasses.dataclass
class _Child:
    """A call that is being calculated."""

    call: int
    pid: int
    deadline: float  # on the monotonic clock
    said: bytearray = dataclasses.field(default_factory=bytearray)
    late: bool = False


class ForkServer:
    """One thread, one loop: calls of the web process, answers of children, and deadlines."""

    def __init__(self, link: socket.socket, limits: Limits) -> None:
        self._link = link
        self._limits = limits
        self._frames = wire.Frames()
        self._children: dict[int, _Child] = {}  # by the descriptor of the pipe on which it answers
        self._selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Until the web process closes its end or dies."""
        self._selector.register(self._link, selectors.EVENT_READ)
        while True:
            ready = self._selector.select(self._patience())
            self._end_the_late()
            for key, _ in ready:
                if key.fd != self._link.fileno():
                    self._read(key.fd)
                elif not self._receive():
                    for child in self._children.values():
                        os.kill(child.pid, signal.SIGKILL)
                    return

    def _patience(self) -> float | None:
        waiting = [child.deadline for child in self._children.values() if not child.late]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _end_the_late(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.deadline <= now and not child.late:
                child.late = True
                os.kill(child.pid, signal.SIGKILL)  # at which its pipe is closed, and it is reaped

    def _receive(self) -> bool:
        try:
            data = self._link.recv(1 << 18)
        except ConnectionError:
            return False
        for _, payload in self._frames.feed(data):
            self._fork(payload)
        return bool(data)

    def _fork(self, payload: bytes) -> None:
        call = json.loads(payload)
        parent = os.getpid()
        reading, writing = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:  # no memory or no process left: that call's bad luck
            os.close(reading)
            os.close(writing)
            _log.warning("No process for a call: %s", os.strerror(error.errno or 0))
            self._reply(_message(call["id"], ended="crash"))
            return
        if pid == 0:
            self._selector.close()
            self._link.close()
            for descriptor in (reading, *self._children):
                os.close(descriptor)
            _calculate(call, writing, self._limits, parent)
        os.close(writing)
        self._children[reading] = _Child(call["id"], pid, time.monotonic() + self._limits.wall_seconds)
        self._selector.register(reading, selectors.EVENT_READ)

    def _read(self, descriptor: int) -> None:
        child = self._children[descriptor]
        if data := os.read(descriptor, 1 << 18):
            child.said += data
            return
        self._selector.unregister(descriptor)
        os.close(descriptor)
        del self._children[descriptor]
        _, status = os.waitpid(child.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            self._reply(bytes(child.said))
            return
        ended = "time" if child.late else "cpu" if code == -signal.SIGXCPU else "crash"
        self._reply(_message(child.call, ended=ended))

    def _reply(self, payload: bytes) -> None:
        try:
            self._link.sendall(wire.frame(wire.CONTROL, payload))
        except ConnectionError:  # the web process is gone; the loop is about to read the same
            return


def _message(call: int, **fields: Json) -> bytes:
    return json.dumps({"id": call, **fields}).encode()


def _calculate(call: dict[str, Json], writing: int, limits: Limits, parent: int) -> None:
    """In the child: one call, and the end of the process whatever happens."""
    try:
        die_with_parent(parent)
        _limit(limits)
        reply = _answer(call)
        if len(reply) > REPLY_MAX:
            reply = _message(int(str(call["id"])), ended="length")
        with open(writing, "wb", buffering=0) as pipe:
            view = memoryview(reply)
            while view:
                view = view[pipe.write(view) :]
        os._exit(0)
    except BaseException as error:
        # without what it says, which may hold a visitor's text
        print("A calculation broke:", place_of(error), file=sys.stderr, flush=True)
    finally:
        os._exit(1)


def _answer(call: dict[str, Json]) -> bytes:
    number, arguments = int(str(call["id"])), call["arguments"]
    assert isinstance(arguments, list)
    try:
        result = FUNCTIONS[str(call["name"])].call(*arguments)
        return _message(number, result=result)
    except PlanError as error:
        return _message(number, refused=str(error), missing=list(error.missing))
    except LRLabError as error:
        return _message(number, refused=str(error), missing=[])
    except MemoryError:
        return _message(number, ended="memory")
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return _message(number, ended="length")


def _limit(limits: Limits) -> None:
    """Put this process under the limits that the kernel keeps."""
    import resource  # Windows has none, and only a child gets here

    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_nbytes, limits.file_nbytes))
    if sys.platform == "linux":
        with open("/proc/self/statm") as statm:
            nbytes = int(statm.read().split()[0]) * resource.getpagesize() + limits.nbytes
        resource.setrlimit(resource.RLIMIT_AS, (nbytes, nbytes))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m lrcore.offload.fork_server", description="Started by lrcore.offload.Offload."
    )
    parser.add_argument("--fd", type=int, required=True, help="the socket to the web process")
    parser.add_argument("--parent", type=int, required=True, help="its process id")
    parser.add_argument("--limits", type=json.loads, default={}, help="fields of Limits, as JSON")
    options = parser.parse_args(arguments)
    die_with_parent(options.parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the web process's to answer
    prefer_as_oom_victim()
    link = socket.socket(fileno=options.fd)
    link.set_inheritable(False)
    if hung_up(link):
        return
    if thread_count() not in (1, None):
        sys.exit("The fork server must have one thread before it forks (OMP_NUM_THREADS=1?).")
    gc.collect()
    gc.freeze()  # a collection in a child would otherwise copy every page of the imported modules
    ForkServer(link, Limits(**options.limits)).serve()


if __name__ == "__main__":
    main()
