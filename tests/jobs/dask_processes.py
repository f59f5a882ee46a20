"""A real Dask cluster on this machine for tests and benchmarks: a scheduler and workers, each a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.jobs.support import until
from tests.source import ROOT

_COMMAND = [sys.executable, "-m", "dask"]
_ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    # what docs/scaling.md recommends
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
}


class DaskProcesses:
    """`workers` workers of one thread at the scheduler `address`; `folder` is where they may write."""

    def __init__(self, folder: Path, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self._folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self.start_scheduler()
        for _ in range(workers):
            self.start_worker()

    def start_scheduler(self) -> None:
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host=127.0.0.1", f"--port={port}", "--no-show")

    def start_worker(self) -> subprocess.Popen[bytes]:
        options = ("--nthreads=1", "--no-nanny", "--host=127.0.0.1", "--memory-limit=0")
        worker = self._start("worker", self.address, *options, f"--local-directory={self._folder}")
        self.workers.append(worker)
        return worker

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As a machine that loses its power."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def parts(self, worker: subprocess.Popen[bytes]) -> list[int]:
        """The processes in which a worker trains: those that its helper has forked."""
        try:
            children = psutil.Process(worker.pid).children(recursive=True)
            return [child.pid for child in children if child.ppid() != worker.pid]
        except psutil.NoSuchProcess:
            return []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        family = []
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                family += psutil.Process(process.pid).children(recursive=True)
                self.kill(process)
        until(lambda: not any(child.is_running() for child in family))

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = self._folder / "dask.log"
        with log.open("ab") as output:
            return subprocess.Popen(
                # without an address it listens on every interface, with --no-dashboard too
                [*_COMMAND, *arguments, "--no-dashboard", "--dashboard-address=127.0.0.1:0"],
                env={**os.environ, **_ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
