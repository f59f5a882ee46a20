"""The backend of a Dask cluster: jobs of one web process, trained by workers on other machines.

`Backend` on top, one thread with an event loop and Dask's client below. Importing it imports Dask, which
nothing else needs; `engine` does so when it is asked for a cluster.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping

from distributed import Client

from lrcore.jobs.backend import Sink, SlotDown
from lrcore.jobs.dask_cluster import Cluster
from lrcore.jobs.dask_worker import Host
from lrcore.jobs.worker import DEFAULT_RUNNER
from lrcore.jobs.worker_limits import WorkerLimits

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

    def __init__(
        self,
        address: str,
        *,
        device: str = "auto",
        runner: str = DEFAULT_RUNNER,
        limits: WorkerLimits | None = None,
    ) -> None:
        # its tracebacks tell of what is told here in a line
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._address = address
        self._host = Host(runner, device, limits or WorkerLimits())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._closed = False
        self._cluster: Cluster | None = None
        self._told = False  # that the cluster is not there
        self._thread: threading.Thread | None = None

    @property
    def slots(self) -> int:
        cluster = self._cluster
        return cluster.slots if cluster else 0

    @property
    def pids(self) -> Mapping[str, int]:
        return {}  # all of them are elsewhere

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
        cluster = self._cluster

        def handle() -> None:
            if self._cluster is cluster is not None:  # else what was asked of it was lost with it
                request(cluster)

        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(handle)

    async def _keep_connected(self, sink: Sink) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        while not (self._closed or self._closing.is_set()):
            try:
                await self._connect_once(sink, self._closing)
            except Exception:  # nothing may end the thread that looks for the cluster
                _log.exception("The connection to the training cluster broke; it is made anew.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _AGAIN_S)

    async def _connect_once(self, sink: Sink, closing: asyncio.Event) -> None:
        """One connection, until it is lost or the backend is closed."""
        client: Client | None = None
        try:
            client = Client(self._address, asynchronous=True, timeout=_CONNECT_S, set_as_default=False)
            await client
        except Exception as error:  # refused, timed out, certificates that are missing or do not fit, ...
            self._tell(sink, "The training cluster cannot be reached.", error)
            if client is not None:
                await _close(client)
            return
        cluster = self._cluster = Cluster(client, sink, self._host)
        reason: object = "the connection was closed"
        try:
            await cluster.serve(closing)
        except Exception as error:  # whatever Dask comes with, such as workers that cannot import lrcore
            reason = f"{type(error).__name__}: {error}"
        finally:
            self._cluster = None
            if cluster.served:
                self._told = False
            if not closing.is_set():
                cluster.lose("The training cluster is lost, and this job with it. Start the job again.")
                self._tell(sink, "The training cluster is lost.", reason)
            await _close(client)

    def _tell(self, sink: Sink, sentence: str, reason: object) -> None:
        """That there is no cluster, once until there was one again."""
        if not self._told:
            self._told = True
            _log.error("%s It is looked for at %s. (%s)", sentence, self._address, reason)
            sink(0, SlotDown(sentence))


async def _close(client: Client) -> None:
    """Also one that never was connected: its end would otherwise be that of its last reference, and hold this
    loop for seconds."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(client.close(timeout=_CLOSE_S), _CLOSE_S)
