"""What the watchdog takes for silence: real processes, and times that are told to it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from lrcore.jobs.watchdog import INTERVAL_S, Watchdog


@pytest.mark.parametrize(
    ("does", "silent"), [("while True: pass", False), ("import time; time.sleep(99)", True)]
)
def test_who_gets_no_core_is_not_silent(does, silent):
    core = {min(os.sched_getaffinity(0))}
    waits, computes = (
        subprocess.Popen([sys.executable, "-c", code], preexec_fn=lambda: os.sched_setaffinity(0, core))
        for code in (does, "while True: pass")
    )
    try:
        os.sched_setscheduler(waits.pid, os.SCHED_IDLE, os.sched_param(0))
        watchdog = Watchdog(0.9)
        assert watchdog.look(waits.pid, 0.0) is None
        begun = time.monotonic()
        for _ in range(5):
            time.sleep(0.3)
            said = watchdog.look(waits.pid, 0.3)
        assert (said is not None) == silent, f"{said} within {time.monotonic() - begun:.1f} s"
    finally:
        waits.kill(), computes.kill()
        waits.wait(), computes.wait()


def test_a_machine_that_slept_finds_nobody_silent():
    watchdog = Watchdog(10.0)
    assert watchdog.look(None, 3600.0) is None
    for _ in range(8):
        assert watchdog.look(None, INTERVAL_S) is None
    watchdog.heard()
    assert watchdog.look(None, INTERVAL_S) is None
    assert any(watchdog.look(None, INTERVAL_S) for _ in range(10))
