"""One load run: the server, the processes of clients around it, and what they bring home."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from tests.browser.conftest import ROOT
from tests.load.page import now
from tests.load.scenario import Scenario
from tests.load.server import Server, serving
from tests.load.tally import Tally
from tests.load.watch import Sample, watching

LATER = 5  # nice: who measures stands behind what is measured
GRACE_S = 120.0  # for clients to come home after the end


@dataclass
class Outcome:
    """Everything that one run brought out."""

    scenario: Scenario
    tally: Tally
    samples: list[Sample]
    workers_killed: int
    helpers_killed: int
    clients_cpu: dict[str, float]  # cores, by kind of client
    tracebacks: Counter[str]
    ended_with: int | None
    stop_seconds: float
    left: list[str] = field(default_factory=list)


def run(scenario: Scenario) -> Outcome:
    """Serve the app, let everybody come, wait for the end, stop the server."""
    with serving() as server:
        _warm(server)
        scenario = scenario.at(server.url, now() + scenario.arrival + (10 if scenario.browsers else 2))
        kinds = ["clients"]
        kinds += ["browsers"] if scenario.browsers else []
        kinds += ["faults"] if scenario.faults else []
        tally, cpu = Tally(), {}
        with (
            _clients(kinds, scenario) as processes,
            watching(server.process.pid, scenario.begin, scenario.seconds, kill=scenario.faults) as watch,
        ):
            time.sleep(max(0.0, scenario.end - now()))
            spent = scenario.end - scenario.begin + scenario.arrival
            for kind, process in processes.items():
                cpu[kind] = _tree_cpu(process.pid) / spent
            for kind, process in processes.items():
                tally.add(_homecoming(kind, process))
        server.stop()
        return Outcome(
            scenario,
            tally,
            watch.samples,
            watch.workers_killed,
            watch.helpers_killed,
            cpu,
            server.tracebacks(),
            server.ended_with,
            server.stop_seconds,
            server.left,
        )


def _warm(server: Server) -> None:
    """One person has been there before: modules are imported, and the first job has been trained."""
    scenario = Scenario(people=1, racing=1, every=1.0, seconds=2.0, arrival=0.0).at(server.url, now())
    command = [sys.executable, "-m", "tests.load.clients", scenario.to_json()]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=GRACE_S)


@contextmanager
def _clients(kinds: list[str], scenario: Scenario) -> Iterator[dict[str, subprocess.Popen[str]]]:
    processes = {
        kind: subprocess.Popen(
            ["nice", "-n", str(LATER), sys.executable, "-m", f"tests.load.{kind}", scenario.to_json()],
            cwd=ROOT,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for kind in kinds
    }
    try:
        yield processes
    finally:
        for process in processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _homecoming(kind: str, process: subprocess.Popen[str]) -> Tally:
    """What a process of clients prints when all of its people have gone."""
    try:
        out, _ = process.communicate(timeout=GRACE_S)
        return Tally.from_json(out.strip().splitlines()[-1])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        tally = Tally()
        tally.error(f"the process of the {kind} broke down ({process.poll()})")
        return tally


def _tree_cpu(pid: int) -> float:
    """CPU seconds of a process and all below it."""
    total = 0.0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            total += sum(process.cpu_times()[:2])
    except psutil.Error:
        pass
    return total
