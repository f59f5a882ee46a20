"""A web process whose job trains on a cluster until it is killed: `python -m tests.jobs.dask_client ADDRESS
RUNNER`."""

from __future__ import annotations

import sys
import time

from lrcore import Experiment
from lrcore.jobs import JobBoard
from lrcore.jobs.dask_backend import DaskBackend

if __name__ == "__main__":
    board = JobBoard(DaskBackend(sys.argv[1], runner=sys.argv[2]))
    board.submit(Experiment.model_validate({"plans": ["lr=0.1"], "seeds": 1, "steps": 20_000}))
    time.sleep(3600)
