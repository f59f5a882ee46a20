"""The board with the real trainer: what comes through processes and sockets is what `train` gives in this
process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest

from lrcore import Experiment
from lrcore.jobs import JobBoard, ZygoteBackend
from lrcore.jobs.worker import DEFAULT_RUNNER
from tests.jobs.support import ended, running_board, until


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[JobBoard, ZygoteBackend]]:
    with running_board(1, runner=DEFAULT_RUNNER) as made:
        yield made


@pytest.fixture
def board(pair) -> JobBoard:
    return pair[0]


def experiment(steps: int, seed: int = 0) -> Experiment:
    return Experiment.model_validate(
        {
            "data": {"kind": "checkerboard", "n_train": 128, "n_val": 64, "seed": seed},
            "model": {"hidden": [8]},
            "plans": ["lr=0.3 StepLR(step_size=2, gamma=0.5)", "lr=1e9"],
            "seeds": 2,
            "steps": steps,
        }
    )


def test_the_result_equals_that_of_train_in_this_process(board):
    from lrcore.training import train

    asked = experiment(40)
    job = ended(board.submit(asked))
    assert job.state == "done", job.error
    direct = list(train(asked))
    assert [event.kind for event in job.events] == [event.kind for event in direct]
    told, trained = ([getattr(event, "step", None) for event in events] for events in (job.events, direct))
    assert told == trained
    for name, values in vars(direct[-1].history).items():
        np.testing.assert_array_equal(getattr(job.history, name), values, err_msg=name)
    assert job.events[-1].reasons == direct[-1].reasons
    assert (job.history.diverged_at[1] >= 0).all()  # lr=1e9: what is not finite crosses too


def test_a_long_training_is_cancelled_and_the_next_one_runs(board):
    job = board.submit(experiment(20_000))
    until(lambda: job.log)
    board.cancel(job.id)
    following = ended(board.submit(experiment(10)))
    assert following.state == "done"
    assert [event.kind for event in job.events][-1] == "cancelled"


def test_the_helper_and_a_worker_hold_to_one_torch_thread(pair):
    """The helper must have one thread before it forks; in a worker the trainer's is the only one that
    computes."""
    board, backend = pair
    assert len(os.listdir(f"/proc/{backend.pids['helper']}/task")) == 1
    job = board.submit(experiment(20_000))
    until(lambda: job.log)
    worker = until(lambda: backend.pids.get("slot 0"))
    assert len(os.listdir(f"/proc/{worker}/task")) <= 3  # the trainer, who listens for cancel, and who sends
    board.cancel(job.id)


def test_a_helper_with_more_than_one_thread_refuses_to_fork(monkeypatch, tmp_path, capfd):
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    (tmp_path / "threaded_runner.py").write_text(
        thread + "def run(experiment, **options):\n    return iter(())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    board = JobBoard(ZygoteBackend(1, runner="threaded_runner:run"))
    try:
        error = until(lambda: board.health()["error"])
        assert "exit status 1" in error
        assert not board.ready
        assert "has 2 threads and must have 1 before it forks" in capfd.readouterr().err
    finally:
        board.close()
