"""The backend of a Dask cluster: jobs of one web process, trained by workers on other machines.

`Backend` on top, one thread with an event loop and Dask's client below. Importing it imports Dask, which
nothing else needs; `engine` does so when it is asked for a cluster.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

from distributed import Client

from lrcore.jobs.backend import Sink, SlotDown
from lrcore.jobs.dask_cluster import Cluster
from lrcore.jobs.dask_worker import Host
from lrcore.jobs.worker import DEFAULT_RUNNER

_log = logging.getLogger(__name__)
_CONNECT_S = 3.0
_AGAIN_S = 1.0  # between two attempts to reach a scheduler
_CLOSE_S = 1.5


class DaskBackend:
    """Trains on the workers of the scheduler at `address`, such as tcp://10.0.0.5:8786 or tls://...; TLS is
    set up by Dask's own configuration, for the web process as for workers and scheduler.

    When the scheduler is lost, every slot is, and its job with it; the scheduler is looked for until it is
    back. The end of this process is the end of its jobs: the scheduler sees the connection close, and has the
    workers stop what nobody else wants.
    """

    def __init__(self, address: str, *, device: str = "auto", runner: str = DEFAULT_RUNNER) -> None:
        # its tracebacks tell of what is told here in a line
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._address = address
        self._host = Host(runner, device)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._closed = False
        self._cluster: Cluster | None = None
        self._thread: threading.Thread | None = None

    @property
    def slots(self) -> int:
        cluster = self._cluster
        return cluster.slots if cluster else 0

    def start(self, sink: Sink) -> None:
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._keep_connected(sink)), name="lrlab-dask", daemon=True
        )
        self._thread.start()

    def run(self, slot: int, job: str, spec: str) -> None:
        self._post(lambda cluster: cluster.run(slot, job, spec))

    def cancel(self, slot: int, job: str) -> None:
        self._post(lambda cluster: cluster.cancel(slot, job))

    def kill(self, slot: int) -> None:
        self._post(lambda cluster: cluster.kill(slot))

    def close(self) -> None:
        self._closed = True
        if self._loop is not None and self._closing is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._closing.set)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)

    def _post(self, request: Callable[[Cluster], None]) -> None:
        def handle() -> None:
            if self._cluster is not None:  # else what was asked of it was lost with it
                request(self._cluster)

        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(handle)

    async def _keep_connected(self, sink: Sink) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        if self._closed:
            return
        reported = False
        while not self._closing.is_set():
            try:
                client = await Client(
                    self._address, asynchronous=True, timeout=_CONNECT_S, set_as_default=False
                )
            except (OSError, ValueError) as error:
                if not reported:
                    reported = True
                    _log.error("The training cluster at %s cannot be reached: %s", self._address, error)
                    sink(0, SlotDown("The training cluster cannot be reached."))
            else:
                reported = True
                _log.info("Connected to the training cluster at %s.", self._address)
                await self._serve(client, sink)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _AGAIN_S)

    async def _serve(self, client: Client, sink: Sink) -> None:
        """Until the scheduler is lost or the backend is closed."""
        assert self._closing is not None
        self._cluster = Cluster(client, sink, self._host)
        try:
            await self._cluster.serve(self._closing)
        except Exception as error:  # whatever Dask comes with: the connection is made anew
            _log.warning("The training cluster: %s: %s", type(error).__name__, error)
        finally:
            cluster, self._cluster = self._cluster, None
            if not self._closing.is_set():
                _log.error("The training cluster at %s is lost; it is looked for.", self._address)
                cluster.lose("The training cluster is lost, and this job with it. Start the job again.")
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.close(timeout=_CLOSE_S), _CLOSE_S)
