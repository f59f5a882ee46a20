"""A Dask cluster on this machine against its own helper: `python -m tests.benchmarks.cluster` (`make
bench-cluster`).

The same work for each: a class (16 short experiments, each of another owner), and one large ensemble, which
a cluster trains in parts. Seconds, and members' updates a second. Workers beyond the cores of this machine
share them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lrcore import Experiment
from lrcore.jobs import JobBoard, ZygoteBackend
from lrcore.jobs.dask_backend import DaskBackend
from tests.benchmarks.trainer import PLANS
from tests.jobs.dask_processes import DaskProcesses
from tests.jobs.support import ended, until

COUNTS = (1, 2, 4)
ROUNDS = 2  # the better one


def short(number: int) -> Experiment:
    """The landing page's, 500 updates long, and unlike any other: a board keeps results."""
    return Experiment.model_validate(
        {"plans": [*PLANS[1:], f"lr={0.3 + number / 1e6}"], "seeds": 5, "steps": 500}
    )


def large(number: int) -> Experiment:
    plans = [f"lr={0.01 * plan + number / 1e6}" for plan in range(1, 17)]
    return Experiment.model_validate({"plans": plans, "seeds": 20, "steps": 1000})


def seconds(board: JobBoard, experiments: list[Experiment]) -> float:
    begin = time.perf_counter()
    jobs = [board.submit(experiment, str(number)) for number, experiment in enumerate(experiments)]
    for job in jobs:
        assert ended(job).state == "done", job.error
    return time.perf_counter() - begin


@contextmanager
def _board(backend: ZygoteBackend | DaskBackend, slots: int) -> Iterator[JobBoard]:
    board = JobBoard(backend)
    try:
        until(lambda: board.ready and board.health()["slots"] == slots, 120)
        yield board
    finally:
        board.close()


def _measure(backend: ZygoteBackend | DaskBackend, slots: int) -> tuple[float, float]:
    """Seconds of the class and of the large ensemble."""
    with _board(backend, slots) as board:
        rounds = [
            (
                seconds(board, [short(16 * turn + number) for number in range(16)]),
                seconds(board, [large(turn)]),
            )
            for turn in range(ROUNDS)
        ]
    return min(row[0] for row in rounds), min(row[1] for row in rounds)


def _cluster(slots: int) -> tuple[float, float]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(DaskProcesses(folder, slots))
        return _measure(DaskBackend(cluster.address), slots)


def main(counts: tuple[int, ...] = COUNTS) -> None:
    """Print the table."""
    print(f"{'who trains':24} {'class (s)':>10} {'updates a s':>12} {'ensemble (s)':>13} {'updates a s':>12}")
    for name, measure in (
        ("helper", lambda slots: _measure(ZygoteBackend(slots), slots)),
        ("Dask", _cluster),
    ):
        for slots in counts:
            a_class, ensemble = measure(slots)
            print(
                f"{f'{name}, {slots} slot' + 's' * (slots > 1):24} {a_class:10.2f}"
                f" {16 * short(0).members * short(0).steps / a_class:12,.0f} {ensemble:13.2f}"
                f" {large(0).members * large(0).steps / ensemble:12,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or COUNTS)
