"""Training on a Dask cluster, with a real scheduler and real workers: what the board sees is what one machine
gives, whatever is lost on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from lrcore import Experiment, JobError
from lrcore.experiment import part
from lrcore.jobs import Job, JobBoard, ZygoteBackend, start_engine
from lrcore.jobs.backend import SlotDown, SlotMessage
from lrcore.results.events import Finished, Progress
from lrcore.training import train
from tests.jobs import gated_trainer
from tests.jobs.support import alive, ended, until
from tests.results.test_merging import FLOAT32, assert_same
from tests.source import ROOT

pytest.importorskip("distributed", reason="Dask is an extra: requirements-dask.txt")

from lrcore.jobs import dask_backend
from lrcore.jobs.dask_backend import DaskBackend
from lrcore.jobs.dask_cluster import parts_for
from lrcore.jobs.fallback_backend import FallbackBackend
from tests.jobs.dask_processes import DaskProcesses

pytestmark = pytest.mark.xdist_group("dask")  # one cluster, which a test takes as the one before has left it
RUNNER = "tests.jobs.gated_trainer:run"
LOCAL_SLOTS = 3  # as many as the cluster never has, so that health says who trains


def make(steps: int, **fields: object) -> Experiment:
    """A small one. Every test takes another number of steps, for which it has a gate of its own."""
    plans = ["lr=1e4", "lr=0.1 ReduceLROnPlateau(factor=0.3, patience=0)"]
    data = {"kind": "checkerboard", "n_train": 64, "n_val": 32}
    model = {"hidden": [4], "activation": "relu"}
    return Experiment.model_validate(
        {"plans": plans, "data": data, "model": model, "steps": steps, "seeds": 4, **fields}
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskProcesses]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(gated_trainer.GATES, str(tmp_path_factory.mktemp("gates")))
        with DaskProcesses(tmp_path_factory.mktemp("dask"), workers=2) as processes:
            yield processes


@pytest.fixture(scope="module")
def board(cluster: DaskProcesses) -> Iterator[JobBoard]:
    local = ZygoteBackend(LOCAL_SLOTS, runner=RUNNER)
    on_cluster = DaskBackend(cluster.address, runner=RUNNER)
    board = JobBoard(FallbackBackend(on_cluster, local, slots=LOCAL_SLOTS))
    try:
        until(lambda: board.health()["slots"] == 2 and board.ready)
        yield board
    finally:
        board.close()


@pytest.fixture(autouse=True)
def _everything_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short: a test has no patience for what is worth it."""
    monkeypatch.setattr(part, "SECONDS_MIN", 0.0)
    monkeypatch.setattr(part, "WORK_MAX", 100.0)


def _training(cluster: DaskProcesses) -> list[int]:
    return [pid for worker in cluster.workers for pid in cluster.parts(worker)]


def _at_its_gate(board: JobBoard, steps: int) -> Job:
    """A job that all parts have brought halfway."""
    job = board.submit(make(steps), str(steps))
    until(lambda: len(job.log) == gated_trainer.EVENTS_BEFORE_GATE)
    return job


def _stuck(board: JobBoard, steps: int) -> Job:
    """A job that runs until it is made to end, and does not listen."""
    job = board.submit(make(steps, plans=[gated_trainer.STUCK, "lr=0.1"]), str(steps))
    until(lambda: job.log)
    assert job.state == "running", job.error
    gated_trainer.gate(job.experiment).touch()
    return job


def _assert_as_on_one_machine(job: Job) -> None:
    gated_trainer.gate(job.experiment).touch()
    ended(job)
    assert job.state == "done", job.error
    assert_same(list(job.events), list(train(job.experiment, device="cpu")), FLOAT32)


def test_two_workers_train_what_one_machine_gives(board: JobBoard, cluster: DaskProcesses) -> None:
    job = _at_its_gate(board, 40)
    assert [len(cluster.parts(worker)) for worker in cluster.workers] == [1, 1]
    _assert_as_on_one_machine(job)
    last = job.events[-1]
    assert isinstance(last, Finished)
    assert np.all(last.history.diverged_at[0] >= 0)
    assert np.all(last.history.diverged_at[1] < 0)


def test_a_stuck_job_is_cancelled_and_its_slots_are_free(board: JobBoard, cluster: DaskProcesses) -> None:
    job = _stuck(board, 41)
    assert len(_training(cluster)) == 2
    assert board.cancel(job.id, "41")
    until(lambda: not _training(cluster))
    _assert_as_on_one_machine(board.submit(make(42)))


def test_a_refused_experiment_says_so(board: JobBoard, cluster: DaskProcesses) -> None:
    job = ended(board.submit(make(43, plans=[gated_trainer.REFUSED, "lr=0.1"])))
    assert (job.state, job.error) == ("failed", "Not this one.")
    until(lambda: not _training(cluster))


def test_the_jobs_of_a_killed_web_process_stop(cluster: DaskProcesses, board: JobBoard) -> None:
    web = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.dask_client", cluster.address, RUNNER], cwd=ROOT
    )
    try:
        until(lambda: _training(cluster) or web.poll() is not None)
        assert web.poll() is None
    finally:
        web.kill()
        web.wait()
    until(lambda: not _training(cluster))
    assert board.ready  # the other one's


def test_a_killed_part_ends_the_job_and_nothing_else(board: JobBoard, cluster: DaskProcesses) -> None:
    job = _stuck(board, 44)
    os.kill(_training(cluster)[0], signal.SIGKILL)
    ended(job)
    assert job.state == "crashed"
    assert "SIGKILL" in (job.error or "")
    until(lambda: not _training(cluster))
    _assert_as_on_one_machine(board.submit(make(45)))


def test_a_worker_that_is_shut_down_leaves_its_part_to_others(
    board: JobBoard, cluster: DaskProcesses
) -> None:
    worker = cluster.start_worker()
    until(lambda: board.health()["slots"] == 3)
    job = _at_its_gate(board, 50)
    assert len(_training(cluster)) == 3
    worker.terminate()
    cluster.workers.remove(worker)
    worker.wait()
    _assert_as_on_one_machine(job)
    until(lambda: board.health()["slots"] == 2)


def test_what_a_killed_worker_trained_is_trained_again(board: JobBoard, cluster: DaskProcesses) -> None:
    job = _at_its_gate(board, 46)
    forked = _training(cluster)
    cluster.kill(cluster.workers.pop())
    assert len(forked) == 2
    _assert_as_on_one_machine(job)
    steps = [event.step for event in job.events if isinstance(event, Progress)]
    assert steps == sorted(set(steps))
    until(lambda: not any(alive(pid) for pid in forked))
    until(lambda: board.health()["slots"] == 1)


def test_without_its_scheduler_the_server_trains_itself(board: JobBoard, cluster: DaskProcesses) -> None:
    job = _stuck(board, 47)
    cluster.kill(cluster.scheduler)
    ended(job)
    assert job.state == "crashed"
    assert job.error == "The training cluster is lost, and this job with it. Start the job again."
    until(lambda: not _training(cluster))
    until(lambda: board.ready)
    assert board.health()["slots"] == LOCAL_SLOTS
    local = _stuck(board, 48)
    cluster.start_scheduler()
    cluster.start_worker()
    until(lambda: board.health()["slots"] == 2)  # one there, and one that this machine keeps until it is done
    assert local.state == "running"  # to its end, where it is
    job = _at_its_gate(board, 49)
    assert len(cluster.parts(cluster.workers[-1])) == 1
    _assert_as_on_one_machine(job)
    assert board.cancel(local.id, "48")


def test_long_jobs_leave_a_slot_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    short = Experiment.model_validate({"plans": ["lr=0.1"] * 4, "seeds": 20, "steps": 10_000})
    long = short.model_copy(update={"steps": 20_000, "seeds": 20, "batch_size": 512})
    assert [len(parts_for(short, free)) for free in (1, 2, 4)] == [1, 2, 4]
    assert [len(parts_for(long, free)) for free in (1, 2, 4)] == [1, 1, 3]


def test_without_dask_a_on_clusteris_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lrcore.jobs.dask_backend", None)
    with pytest.raises(JobError, match=r"needs Dask, which is not installed.*requirements-dask\.txt"):
        start_engine(1, dask="tcp://127.0.0.1:1")


@pytest.mark.parametrize("scheme", ["tcp", "tls"])  # the second fails already for want of a certificate
def test_a_scheduler_that_is_not_there_is_told_of(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr(dask_backend, "_CONNECT_S", 0.2)
    heard: list[tuple[int, SlotMessage]] = []
    backend = DaskBackend(f"{scheme}://127.0.0.1:9", runner=RUNNER)
    backend.start(lambda slot, message: heard.append((slot, message)))
    until(lambda: heard)
    backend.close()
    assert heard == [(0, SlotDown("The training cluster cannot be reached."))]
    assert backend.slots == 0
