"""Who runs an experiment, where and when: a board with a queue, above worker processes. Importing it never
loads torch."""

from lrcore.jobs.backend import Backend, Sink
from lrcore.jobs.board import JobBoard
from lrcore.jobs.engine import start_engine
from lrcore.jobs.events import Cancelled, Crashed, Failed, JobEvent, Queued
from lrcore.jobs.job import Job
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
