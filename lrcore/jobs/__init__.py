"""Who runs an experiment, where and when: a board with a queue, above worker processes. Importing it never
loads torch.

The board's side, in the web process: `board` (who wants what, over `fair_queue` and `ended_jobs`), `job`,
`job_events` and `subscription` (what a viewer sees), `backend` (what the board asks of whatever runs jobs),
`zygote_backend` and `helper` (the backend of one machine, over `helper_process`, `worker_run` and
`watchdog`), `observer` (who is told), `engine` (all of it put together).

The worker's side: `zygote` (the helper process, which imports torch and forks), `worker` (one job in a fork).

Both sides: `wire` (what they say to each other), `worker_limits` (what a worker may take), `processes` (small
facts of the operating system), `error_place` (an error without what it says).
"""

from lrcore.jobs.backend import Backend, Sink
from lrcore.jobs.board import JobBoard
from lrcore.jobs.engine import start_engine
from lrcore.jobs.job import Job
from lrcore.jobs.job_events import Cancelled, Crashed, Failed, JobEvent, Queued
from lrcore.jobs.processes import raise_open_files_limit
from lrcore.jobs.subscription import Subscription
from lrcore.jobs.worker_limits import WorkerLimits
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
    "WorkerLimits",
    "ZygoteBackend",
    "raise_open_files_limit",
    "start_engine",
]
