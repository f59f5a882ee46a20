"""Who runs an experiment, where and when: a board with a queue, above worker processes. Importing it never
loads torch.

The board's side, in the web process: `board` (who wants what, over `fair_queue` and `ended_jobs`), `job`,
`job_events` and `subscription` (what a viewer sees), `backend` (what the board asks of whatever runs jobs),
`zygote_backend` and `helper` (the backend of one machine), `dask_backend`, `dask_cluster` and `dask_job`
(that of a cluster, where parts of a job run on several), `fallback_backend` (one and, while it is lost, the
other), `engine` (all of it put together).

The worker's side: `zygote` (the helper process, which imports torch and forks), `worker` (one job in a fork),
`dask_worker` (a machine of a cluster, which hosts a helper).

Both sides: `wire` (what they say to each other), `processes` (small facts of the operating system).
"""

from lrcore.jobs.backend import Backend, Sink
from lrcore.jobs.board import JobBoard
from lrcore.jobs.engine import start_engine
from lrcore.jobs.job import Job
from lrcore.jobs.job_events import Cancelled, Crashed, Failed, JobEvent, Queued
from lrcore.jobs.subscription import Subscription
from lrcore.jobs.zygote_backend import ZygoteBackend

__all__ = [
    "Backend",
    "Cancelled",
    "Crashed",
    "Failed",
    "Job",
    "JobBoard",
    "JobEvent",
    "Queued",
    "Sink",
    "Subscription",
    "ZygoteBackend",
    "start_engine",
]
