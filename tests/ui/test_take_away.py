"""What a tab keeps of a run for its download: nothing but where to find it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from lrcore import Experiment
from lrcore.errors import JobError
from lrcore.jobs import Job
from lrcore.results.events import Finished, History
from lrcore.results.losses_csv import losses_csv
from ui.playground import take_away
from ui.server import engine


class Shelf:
    """The board, as far as a page looks a run up there."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = {job.id: job for job in jobs}

    def job(self, job_id: str) -> Job | None:
        return self.jobs.get(job_id)


def done() -> Job:
    experiment = Experiment.model_validate({"plans": ["lr=0.3"], "seeds": 2, "steps": 20})
    losses = np.random.default_rng(0).random((2, 1, 2))
    nothing = np.empty((0, 1, 2))
    history = History(
        np.array([0, 20]), losses, losses, losses, losses, np.full((1, 2), -1), nothing, nothing
    )
    job = Job(experiment=experiment, id=experiment.id)
    job.record(Finished(experiment.id, 20, False, 0.1, ("", ""), history))
    return job


def test_a_history_is_looked_up_at_a_click_and_goes_with_its_result(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Callable[[], str]] = []
    job = done()
    shelf = Shelf(job)

    def button(_: str, data: Any, **__: Any) -> None:
        given.append(data)

    monkeypatch.setattr(take_away.st, "container", lambda **_: nullcontext())
    monkeypatch.setattr(take_away.st, "download_button", button)
    monkeypatch.setattr(take_away, "copy_link", lambda **_: None)
    monkeypatch.setattr(engine, "board", lambda: shelf)
    take_away.take_away(job.id)
    assert job.history is not None
    assert given[0]() == "".join(losses_csv(job.experiment, job.history))

    kept = weakref.ref(job.history)
    shelf.jobs.clear()
    del job
    gc.collect()
    assert kept() is None, "an open tab holds the arrays of a run that was dropped"
    with pytest.raises(JobError, match="no longer on the server"):
        given[0]()
