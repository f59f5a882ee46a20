"""What a visitor sees of an experiment: its job, or under load first that of fewer seeds."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.experiment import Experiment
from lrcore.jobs.board import JobBoard
from lrcore.jobs.job import Job
from lrcore.jobs.preview import preview_of


@dataclass(frozen=True)
class Race:
    """The job that is waited for, and the finished one with fewer seeds that can be shown until then."""

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
    preview, first = preview_of(experiment), None
    if preview is not None and (job := board.job(preview.id)) is not None and not job.retryable:
        first = job
    whole = board.job(experiment.id)
    if preview is not None and (whole is None or whole.retryable):
        waits_for_first = first is not None and not first.ended
        if waits_for_first or (first is None and board.would_wait(owner)):
            return Race(board.submit(preview, owner, address=address, supersede=True))
    if first is not None and not first.ended:
        first = None
    later = first is not None
    return Race(board.submit(experiment, owner, address=address, supersede=True, later=later), first)
