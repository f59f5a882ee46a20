"""Parsing from many threads at once, as a server does."""

from __future__ import annotations

import gc
import sys
import threading
import time

from lrcore import parse_plan


def pause(*_: object) -> None:
    time.sleep(0)


def test_threads_can_parse_at_the_same_time() -> None:
    text = (
        "lr=0.1 MultiStepLR(milestones=[" + ", ".join(str(step) for step in range(1, 400)) + "], gamma=0.5)"
    )
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(15):
                assert parse_plan(text).text == text
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    # What lets threads change places inside the parser: a garbage collection that runs a line of Python.
    before, threshold = sys.getswitchinterval(), gc.get_threshold()
    gc.callbacks.append(pause)
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
        gc.set_threshold(*threshold)
        gc.callbacks.remove(pause)
    assert not failures
