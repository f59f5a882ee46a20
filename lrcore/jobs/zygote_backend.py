"""The backend of one machine: a helper process that holds torch and forks a worker per job (`zygote`), kept
alive from here."""

from __future__ import annotations

import logging
import selectors
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from lrcore.errors import JobError
from lrcore.jobs.backend import BackendObserver, Sink, SlotDown
from lrcore.jobs.helper import Helper
from lrcore.jobs.helper_process import Setup
from lrcore.jobs.watchdog import INTERVAL_S
from lrcore.jobs.worker import DEFAULT_RUNNER
from lrcore.jobs.worker_limits import WorkerLimits

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

    def __init__(
        self,
        slots: int,
        *,
        device: str = "auto",
        runner: str = DEFAULT_RUNNER,
        limits: WorkerLimits | None = None,
        observer: BackendObserver | None = None,
    ) -> None:
        if sys.platform == "win32":
            raise JobError(
                "Training jobs need fork, which Windows lacks; run LR Lab in its container or under WSL."
            )
        self._setup = Setup(slots, runner, device, limits or WorkerLimits())
        self._observer = observer
        self._requests: deque[Callable[[Helper], None]] = deque()
        self._wakeup_read, self._wakeup_write = socket.socketpair()
        self._wakeup_read.setblocking(False)
        self._wakeup_write.setblocking(False)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._helper: Helper | None = None

    @property
    def slots(self) -> int:
        return self._setup.slots

    @property
    def pids(self) -> dict[str, int]:
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
        # Ctrl-C in a terminal reaches every process of the group, and so does the SIGTERM of some
        # supervisors. The helper inherits this mask, from its first instruction on, and so leaves it to the
        # web process to decide what they mean: jobs are interrupted then, not lost with a helper that went
        # first.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        deaths = 0
        while not self._closing.is_set():
            ready_for = self._guarded_life(sink)
            deaths = 0 if ready_for > _STEADY_S else deaths + 1
            self._closing.wait(
                min(_RESTART_MAX_S, _RESTART_S * 2 ** min(deaths - 1, 10)) if deaths else _RESTART_S
            )

    def _guarded_life(self, sink: Sink) -> float:
        """`_run_one_helper`; whatever it raises costs the jobs that run, and never this thread, without which
        nobody trains any more."""
        try:
            return self._run_one_helper(sink)
        except Exception as error:
            if self._closing.is_set():
                return 0.0
            cause = error.strerror if isinstance(error, OSError) else type(error).__name__
            _log.exception("The training helper cannot be kept (%s); a new one is started.", cause)
            self._lost(f"cannot be kept ({cause})")
            reason = f"The training helper failed ({cause}), and this job with it. Start the job again."
        for slot in range(self._setup.slots):
            try:
                sink(slot, SlotDown(reason))
            except Exception:  # the other slots still have to hear of it
                _log.exception("Slot %d could not be reported as lost.", slot)
        return 0.0

    def _lost(self, reason: str) -> None:
        if self._observer is not None:
            self._observer.helper_lost(reason)

    def _run_one_helper(self, sink: Sink) -> float:
        """Returns how long the helper was ready for jobs, in seconds."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wakeup_read, selectors.EVENT_READ)
            self._requests.clear()  # what was asked of the one before died with it
            helper = self._helper = Helper(selector, sink, self._observer, self._setup)
            try:
                self._serve(selector, helper)
                if not self._closing.is_set():
                    how = helper.report_death()
                    _log.error("The training helper %s; a new one is started.", how)
                    self._lost(how)
            finally:
                self._helper = None
                helper.end()
            return 0.0 if helper.ready_since is None else time.monotonic() - helper.ready_since

    def _serve(self, selector: selectors.BaseSelector, helper: Helper) -> None:
        """Until the helper is gone or the backend is closed."""
        looked = time.monotonic()
        while True:
            for key, mask in selector.select(max(0.0, looked + INTERVAL_S - time.monotonic())):
                if key.fileobj is not self._wakeup_read:
                    if not helper.handle(key, mask):
                        return
                    continue
                self._wakeup_read.recv(4096)
                if self._closing.is_set():
                    return
                while self._requests:
                    self._requests.popleft()(helper)
            if (passed := time.monotonic() - looked) >= INTERVAL_S:
                helper.look_after(passed)
                looked += passed
