"""The backend of one machine: a helper process that holds torch and forks a worker per job (`zygote`), kept
alive from here."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from lrcore.errors import JobError
from lrcore.jobs.backend import Sink, SlotDown
from lrcore.jobs.helper import Helper
from lrcore.jobs.worker import DEFAULT_RUNNER

_log = logging.getLogger(__name__)
# wait before the first and before any later restart of a helper that keeps dying
_RESTART_S, _RESTART_MAX_S = 0.1, 10.0
_STEADY_S = 10.0  # a helper that was ready for this long starts the count of deaths anew


class ZygoteBackend:
    """Forks a worker per job from a helper that has imported torch; the web process itself never imports it.

    Everything is done by one thread, which lives as long as the backend: the kernel kills the helper when the
    *thread* that started it ends. The methods post a request to that thread and return at once, so they can
    be called under any lock.

    Linux is what is tested. macOS has what is used (fork, passing of descriptors) but no death signal: there
    a worker that is stuck in C code outlives a web process that is killed. Windows has neither; a backend
    with spawned workers would serve it.
    """

    def __init__(self, slots: int, *, device: str = "auto", runner: str = DEFAULT_RUNNER) -> None:
        if sys.platform == "win32":
            raise JobError(
                "Training jobs need fork, which Windows lacks; run LR Lab in its container or under WSL."
            )
        self._slots = slots
        self._device = device
        self._runner = runner
        self._requests: deque[Callable[[Helper], None]] = deque()
        self._wakeup_read, self._wakeup_write = socket.socketpair()
        self._wakeup_read.setblocking(False)
        self._wakeup_write.setblocking(False)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._helper: Helper | None = None

    @property
    def slots(self) -> int:
        return self._slots

    @property
    def pids(self) -> dict[str, int]:
        """The processes that are alive, for diagnosis: `helper`, and `slot 0`... for those that run a job."""
        helper = self._helper
        if helper is None:
            return {}
        return {
            "helper": helper.process.pid,
            **{f"slot {slot}": pid for slot, pid in helper.worker_pids.items()},
        }

    def start(self, sink: Sink) -> None:
        # A daemon: the interpreter does not wait for it when the app ends without close(), and its end takes
        # the helper along.
        self._thread = threading.Thread(
            target=self._keep_helper_alive, args=(sink,), name="lrlab-helper", daemon=True
        )
        self._thread.start()

    def run(self, slot: int, job: str, spec: str) -> None:
        self._post(lambda helper: helper.run(slot, job, spec))

    def cancel(self, slot: int, job: str) -> None:
        self._post(lambda helper: helper.cancel(slot, job))

    def kill(self, slot: int) -> None:
        self._post(lambda helper: helper.kill(slot))

    def close(self) -> None:
        self._closing.set()
        self._wake_thread()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)

    def _post(self, request: Callable[[Helper], None]) -> None:
        self._requests.append(request)
        self._wake_thread()

    def _wake_thread(self) -> None:
        try:
            self._wakeup_write.send(b"!")
        except BlockingIOError:  # enough bytes are waiting to wake it
            return

    def _keep_helper_alive(self, sink: Sink) -> None:
        """Start a helper, serve it, and start the next one a little later each time that it dies
        young."""
        # Ctrl-C in a terminal reaches every process of the group. The helper inherits this mask, from its
        # first instruction on, and so leaves it to the web process to decide what Ctrl-C means.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        deaths = 0
        while not self._closing.is_set():
            ready_for = self._run_one_helper(sink)
            deaths = 0 if ready_for > _STEADY_S else deaths + 1
            self._closing.wait(
                min(_RESTART_MAX_S, _RESTART_S * 2 ** min(deaths - 1, 10)) if deaths else _RESTART_S
            )

    def _run_one_helper(self, sink: Sink) -> float:
        """Returns how long the helper was ready for jobs, in seconds."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wakeup_read, selectors.EVENT_READ)
            self._requests.clear()  # what was asked of the one before died with it
            try:
                helper = self._helper = Helper(selector, sink, self._slots, self._runner, self._device)
            except OSError as error:
                _log.error("The training helper cannot be started: %s.", error)
                reason = f"The training helper cannot be started ({os.strerror(error.errno or 0)})."
                for slot in range(self._slots):
                    sink(slot, SlotDown(reason))
                return 0.0
            try:
                self._serve(selector, helper)
            finally:
                self._helper = None
                if self._closing.is_set():
                    helper.end()
                else:
                    _log.error("The training helper ended (%s); a new one is started.", helper.report_death())
            return 0.0 if helper.ready_since is None else time.monotonic() - helper.ready_since

    def _serve(self, selector: selectors.BaseSelector, helper: Helper) -> None:
        """Until the helper is gone or the backend is closed."""
        while True:
            for key, mask in selector.select():
                if key.fileobj is not self._wakeup_read:
                    if not helper.handle(key, mask):
                        return
                    continue
                self._wakeup_read.recv(4096)
                if self._closing.is_set():
                    return
                while self._requests:
                    self._requests.popleft()(helper)
