"""The helper process that holds torch: `python -m lrcore.jobs.zygote`, started by `ZygoteBackend`.

It imports the trainer once and forks one worker per job, so a job starts in milliseconds, shares the memory
of the import, and can be killed without taking anything with it. Its own messages only start, reap and kill:
events go from the worker straight to the web process over a socket pair of the job's own, whose end arrives
here with the request to run.

    <- {"op": "run", "slot": 0} + a file descriptor      -> {"kind": "ready"}
    <- {"op": "kill", "slot": 0}                          -> {"kind": "forked", "slot": 0, "pid": 4711}
    <- {"op": "ping"}                                     -> {"kind": "exited", "slot": 0, "status": -9}
                                                          -> {"kind": "pong"}
                                                          -> {"kind": "not_forked", "slot": 0, "error": "..."}
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Sequence

from lrcore.experiment import Experiment
from lrcore.jobs import wire
from lrcore.jobs.processes import die_with_parent, hung_up, thread_count
from lrcore.jobs.worker import DEFAULT_RUNNER, Runner, Task, run_forked
from lrcore.jobs.worker_limits import WorkerLimits


def load_task(name: str, device: str, limits: WorkerLimits) -> Task:
    """Import `module:function`, here the trainer and with it torch. A `one_thread()` beside the function is
    called first, and an `on_gpu(device)` asked where it is going to train."""
    module_name, _, function = name.partition(":")
    module = importlib.import_module(module_name)
    if hasattr(module, "one_thread"):
        module.one_thread()
    on_gpu = hasattr(module, "on_gpu") and in_a_fork(lambda: module.on_gpu(device))
    if device == "auto":
        device = "cuda" if on_gpu else "cpu"
    return Task(getattr(module, function), device, limits, limit_memory=not on_gpu)


def in_a_fork(question: Callable[[], bool]) -> bool:
    """The answer of a process of its own, False if that ends without one. To ask for a GPU may begin to use
    it (where NVML does not answer, as on a part of a GPU), and CUDA that was used before a fork is broken
    after it."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if question() else 1
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


def warm_up(runner: Runner) -> None:
    """Train for one step, so that what is done at first use is done once here and not in every worker.

    A worker's first progress then costs 25 ms of its time instead of 42. It also makes "ready" mean that
    training works. On the CPU: CUDA that was used before a fork is broken after it.
    """
    experiment = Experiment.model_validate(
        {"plans": ["lr=0.1 StepLR(step_size=1)"], "seeds": 1, "steps": 1, "batch_size": 1}
    )
    deque(runner(experiment, device="cpu", should_stop=lambda: False), maxlen=0)


class Zygote:
    """One thread, one loop: requests of the web process and deaths of workers."""

    def __init__(self, link: socket.socket, kept_open: int, task: Task) -> None:
        self._link = link
        self._kept_open = kept_open
        self._task = task
        self._frames = wire.Frames()
        # they arrive in the order of the run requests, maybe one read early
        self._descriptors: deque[int] = deque()
        self._workers: dict[int, int] = {}  # slot -> pid
        self._wakeup_read, self._wakeup_write = socket.socketpair()  # written to at SIGCHLD

    def serve(self) -> None:
        """Until the web process closes its end or dies."""
        self._wakeup_read.setblocking(False)
        self._wakeup_write.setblocking(False)
        signal.set_wakeup_fd(self._wakeup_write.fileno(), warn_on_full_buffer=False)
        # a signal without a handler writes nothing to the wakeup descriptor
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        self._report(kind="ready")
        poll = select.poll()  # not select(): in a busy web process the link's number is above 1,023
        for sock in (self._link, self._wakeup_read):
            poll.register(sock, select.POLLIN)
        while True:
            readable = {number for number, _ in poll.poll()}
            if self._wakeup_read.fileno() in readable:
                self._wakeup_read.recv(4096)
                self._reap()
            if self._link.fileno() in readable:
                if not (data := self._receive()):
                    break
                for _tag, payload in self._frames.feed(data):
                    self._handle_request(payload)
        signal.set_wakeup_fd(-1)  # the deaths of the workers have nobody left to wake
        for pid in self._workers.values():
            os.kill(pid, signal.SIGKILL)

    def _receive(self) -> bytes:
        try:
            data, descriptors, _flags, _address = socket.recv_fds(self._link, 1 << 16, 16)
        except ConnectionError:  # the web process was killed before it had read everything
            return b""
        self._descriptors.extend(descriptors)
        return data

    def _handle_request(self, payload: bytes) -> None:
        match json.loads(payload):
            case {"op": "run", "slot": int(slot)}:
                self._fork(slot, socket.socket(fileno=self._descriptors.popleft()))
            case {"op": "kill", "slot": int(slot)} if slot in self._workers:
                # not yet reaped, so the pid is still that worker's
                os.kill(self._workers[slot], signal.SIGKILL)
            case {"op": "ping"}:
                self._report(kind="pong")

    def _fork(self, slot: int, sock: socket.socket) -> None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:  # no memory or no process left: that job's bad luck, not the helper's end
            sock.close()
            self._report(kind="not_forked", slot=slot, error=os.strerror(error.errno or 0))
            return
        if pid == 0:
            run_forked(self._close_inherited, sock, self._task, parent)
        sock.close()
        self._workers[slot] = pid
        self._report(kind="forked", slot=slot, pid=pid)

    def _close_inherited(self) -> None:
        """In a worker: drop what belongs to the helper, or its sockets would stay open after its death."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for sock in (self._link, self._wakeup_read, self._wakeup_write):
            sock.close()
        for descriptor in (self._kept_open, *self._descriptors):
            os.close(descriptor)

    def _reap(self) -> None:
        for slot, pid in list(self._workers.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._workers[slot]
                self._report(kind="exited", slot=slot, status=os.waitstatus_to_exitcode(status))

    def _report(self, **fields: int | str) -> None:
        try:
            self._link.sendall(wire.control(**fields))
        except ConnectionError:  # the web process is gone; the loop is about to read the same
            return


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m lrcore.jobs.zygote", description="Started by lrcore.jobs.ZygoteBackend."
    )
    parser.add_argument("--fd", type=int, required=True, help="the socket to the web process")
    parser.add_argument("--parent", type=int, required=True, help="its process id")
    parser.add_argument(
        "--runner", default=DEFAULT_RUNNER, help="module:function that trains (default: %(default)s)"
    )
    parser.add_argument("--device", default="auto")
    parser.add_argument("--limits", default="{}", help="what a worker may take: WorkerLimits as JSON")
    options = parser.parse_args(arguments)
    die_with_parent(options.parent)
    link = socket.socket(fileno=options.fd)
    link.set_inheritable(False)
    # Never closed here: the web process takes the end of the socket for the end of this process, and asks how
    # it ended. The interpreter closes sockets long before, by seconds on a busy machine.
    kept_open = os.dup(options.fd)
    if hung_up(link):
        return
    task = load_task(options.runner, options.device, WorkerLimits(**json.loads(options.limits)))
    warm_up(task.runner)
    threads = thread_count()
    if threads not in (1, None):
        # A fork copies only the thread that forks: a lock that another one holds, or a thread pool, is broken
        # in every worker.
        sys.exit(
            f"The training helper has {threads} threads and must have 1 before it forks (OMP_NUM_THREADS=1?)."
        )
    gc.collect()
    # a collection in a worker would otherwise write to, and so copy, every page of the imported modules
    gc.freeze()
    Zygote(link, kept_open, task).serve()


if __name__ == "__main__":
    main()
