"""How fast the board is here: `python -m tests.jobs.measure` prints medians for the real trainer; see
reference/engines.md."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lrcore import Experiment
from lrcore.jobs import JobBoard, ZygoteBackend
from tests.jobs.fake_runners import make
from tests.jobs.support import RUNNER, alive, ended, said_something, until

PLAN = "StepLR(step_size=500, gamma=0.3) per iteration"


@contextmanager
def board(slots: int, **options: str) -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    backend = ZygoteBackend(slots, **options)
    made = JobBoard(backend)
    until(lambda: made.ready, 120)
    yield made, backend
    made.close()


def experiment(number: int, steps: int = 20_000) -> Experiment:
    return Experiment.model_validate(
        {"plans": [f"lr={0.3 + number / 1e6} {PLAN}", "lr=0.3"], "seeds": 5, "steps": steps}
    )


def report(name: str, measure: Callable[[int], float], times: int = 10) -> None:
    found = [measure(number) * 1000 for number in range(times)]
    print(f"{name:55} median {statistics.median(found):7.1f} ms   max {max(found):7.1f} ms", flush=True)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch_for(condition: Callable[[], object]) -> float:
    """Seconds until `condition`, looked at without the pause of `until`."""
    before = time.perf_counter()
    while not condition():
        time.sleep(0.0002)
    return time.perf_counter() - before


def main() -> None:
    before = time.perf_counter()
    with board(2) as (jobs, backend):
        print(f"start to ready: {time.perf_counter() - before:.2f} s")
        helper = backend.pids["helper"]
        print(
            "helper:",
            [
                line
                for line in Path(f"/proc/{helper}/status").read_text().splitlines()
                if line.startswith(("VmRSS", "Threads"))
            ],
        )

        def first(number: int) -> float:
            job = jobs.submit(experiment(number))
            took = watch_for(lambda: len(job.log) > 1)
            jobs.cancel(job.id)
            until(lambda: set(backend.pids) == {"helper"})
            return took

        def superseded(number: int) -> float:
            said_something(jobs.submit(experiment(100 + number), "ann"))
            job = jobs.submit(experiment(200 + number), "ann", supersede=True)
            took = watch_for(lambda: job.log)
            jobs.cancel(job.id, "ann")
            until(lambda: set(backend.pids) == {"helper"})
            return took

        def cancelled(number: int) -> float:
            job = jobs.submit(experiment(300 + number))
            until(lambda: job.step > 0)
            pid = backend.pids["slot 0"] if "slot 0" in backend.pids else backend.pids["slot 1"]
            jobs.cancel(job.id)
            return watch_for(lambda: not alive(pid))

        def crashed(number: int) -> float:
            job = said_something(jobs.submit(experiment(400 + number)))
            pid = next(pid for name, pid in backend.pids.items() if name != "helper")
            os.kill(pid, signal.SIGKILL)
            return watch_for(lambda: job.ended)

        report("submit -> first progress", first)
        report("supersede a running job -> the new one has started", superseded)
        report("cancel -> process gone", cancelled)
        report("kill -9 of a worker -> crash event", crashed)
        job = ended(jobs.submit(experiment(500, 2000)))
        print(f"2 plans x 5 seeds, 2,000 updates: {job.events[-1].seconds:.2f} s in the worker")
        used = cpu_seconds(helper), cpu_seconds(os.getpid())
        time.sleep(5)
        print(
            f"idle: helper {(cpu_seconds(helper) - used[0]) * 20:.1f} % CPU, web process"
            f" {(cpu_seconds(os.getpid()) - used[1]) * 20:.1f} %"
        )
    with board(1, runner=RUNNER) as (jobs, backend):

        def stuck(number: int) -> float:
            job = said_something(jobs.submit(make("deaf")))
            pid = backend.pids["slot 0"]
            jobs.cancel(job.id)
            return watch_for(lambda: not alive(pid))

        report("cancel of a stuck job -> process gone", stuck, 5)

        async def watch(job_id: str) -> None:
            with jobs.subscribe(job_id) as watched:
                async for _batch in watched:
                    pass

        async def viewers() -> None:
            job = said_something(jobs.submit(make(evaluations=100, ms=100)))
            used = cpu_seconds(os.getpid())
            await asyncio.gather(*(watch(job.id) for _ in range(100)))
            print(
                f"100 viewers of a job at 10 Hz for 10 s: {(cpu_seconds(os.getpid()) - used) * 10:.1f} % CPU"
                " in the web process"
            )

        asyncio.run(viewers())


if __name__ == "__main__":
    main()
