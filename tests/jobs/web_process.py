"""Stands for the web process of the app: `python web_process.py HOW`, which says "ready" and waits to be
killed.

HOW: `busy` has a stuck and a steady job running; `importing` is killed while the helper still imports; `tidy`
closes on SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from lrcore.jobs import JobBoard, ZygoteBackend
from tests.jobs.fake_runners import make
from tests.jobs.support import said_something, until


def main(how: str) -> None:
    # A shell that starts its tests in the background has Ctrl-C ignored, and so would everything below it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    board = JobBoard(
        ZygoteBackend(
            2, runner="tests.jobs.slow_import:run" if how == "importing" else "tests.jobs.fake_runners:run"
        )
    )
    if how == "tidy":

        def on_sigterm(_signal: int, _frame: object) -> None:
            board.close()
            # The interpreter puts our handler away before it is gone itself: a second signal would then kill
            # it in the middle of a tidy exit.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            sys.exit(0)

        signal.signal(signal.SIGTERM, on_sigterm)
    if how == "importing":
        until(Path(os.environ["LRLAB_TEST_IMPORTING"]).exists)
    else:
        jobs = [board.submit(make("deaf"), "ann"), board.submit(make("steady", 20_000, 10), "bob")]
        for job in jobs:
            said_something(job)
    print("ready", flush=True)
    time.sleep(3600)


if __name__ == "__main__":
    main(sys.argv[1])
