"""Who runs an experiment, where and when: a board with a queue, above worker processes. Importing it never
loads torch.

The board's side, in the web process: `board` (who wants what) over `live_jobs` (from wish to last event);
`dispatch`, `fair_queue`, `admission`, `limits` and `waiting_time` (who is next, and who may start), `slots`
(what runs where), `watch` (who is still there), `ended_jobs` and `kept_results` (what is kept, on disk too),
`preview` and `races` (fewer seeds first), `observer` and `clock`; `job`, `job_events` and `subscription`
(what a viewer sees); `backend` (what the board asks of whatever runs jobs), `zygote_backend` and `helper`
(the backend of one machine, over `helper_process`, `worker_run` and `watchdog`), `dask_backend`,
`dask_cluster` and `dask_job` (that of a cluster, where parts of a job run on several), `fallback_backend`
(one and, while it is lost, the other), `engine` (all of it put together).

The worker's side: `zygote` (the helper process, which imports torch and forks), `worker` (one job in a fork),
`dask_worker` (a machine of a cluster, which hosts a helper).

Both sides: `wire` (what they say to each other), `worker_limits` (what a worker may take), `processes` (small
facts of the operating system), `child` (how one is started), `error_place` (an error without what it says).
"""

from lrcore.jobs.backend import Backend, BackendObserver, Sink
from lrcore.jobs.board import JobBoard
from lrcore.jobs.engine import start_engine
from lrcore.jobs.job import Job
from lrcore.jobs.job_events import Cancelled, Crashed, Failed, JobEvent, Queued
from lrcore.jobs.kept_results import KeptResults
from lrcore.jobs.limits import Limits
from lrcore.jobs.observer import Observer
from lrcore.jobs.preview import preview_of
from lrcore.jobs.processes import raise_open_files_limit
from lrcore.jobs.races import Race, race
from lrcore.jobs.subscription import Subscription
from lrcore.jobs.worker_limits import WorkerLimits
from lrcore.jobs.zygote_backend import ZygoteBackend

__all__ = [
    "Backend",
    "BackendObserver",
    "Cancelled",
    "Crashed",
    "Failed",
    "Job",
    "JobBoard",
    "JobEvent",
    "KeptResults",
    "Limits",
    "Observer",
    "Queued",
    "Race",
    "Sink",
    "Subscription",
    "WorkerLimits",
    "ZygoteBackend",
    "preview_of",
    "race",
    "raise_open_files_limit",
    "start_engine",
]
