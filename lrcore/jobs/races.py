"""What a visitor sees of an experiment: its job, or under load first that of fewer seeds."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.experiment import Experiment
from lrcore.jobs.board import JobBoard
from lrcore.jobs.job import Job
from lrcore.jobs.preview import preview_of


@dataclass(frozen=True)
class Race:
    """What is asked for, the job that is waited for (of that, or of fewer seeds of it), and a finished one
    with fewer seeds that can be shown until then."""

    experiment: Experiment
    job: Job
    first: Job | None = None

    @property
    def shown(self) -> Job:
        """The job whose results are shown."""
        return self.first if self.first is not None and self.job.state != "done" else self.job


def race(board: JobBoard, experiment: Experiment, owner: str, address: str = "") -> Race:
    """Have the experiment trained in the place of everything else that `owner` wants.

    If it had to wait for a slot, it is trained with fewer seeds first, and whole when those are done and
    nobody waits for a first result. Call it again then.

    Raises JobError as `JobBoard.submit` does.
    """
    preview, whole = preview_of(experiment), board.job(experiment.id)
    first = None if preview is None else board.job(preview.id)
    if first is not None and first.retryable:
        first = None
    if preview is not None and (whole is None or whole.retryable):
        under_way = first is not None and not first.ended
        if under_way or (first is None and board.would_wait(experiment, owner)):
            return Race(experiment, board.submit(preview, owner, address=address, supersede=True))
    if first is not None and not first.ended:
        first = None
    job = board.submit(experiment, owner, address=address, supersede=True, later=first is not None)
    return Race(experiment, job, first)
