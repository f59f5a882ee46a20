"""However the web process ends, it leaves no process behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.jobs.support import PATIENCE_S, marked, until
from tests.source import ROOT


@pytest.mark.parametrize("to_the_group", [False, True], ids=["process", "group"])
@pytest.mark.parametrize(
    ("how", "signals"),
    [
        ("busy", [signal.SIGKILL]),
        ("busy", [signal.SIGTERM]),
        ("busy", [signal.SIGINT]),
        ("tidy", [signal.SIGTERM]),
        ("tidy", [signal.SIGTERM, signal.SIGTERM]),
        ("importing", [signal.SIGKILL]),
        ("importing", [signal.SIGINT]),
    ],
)
def test_no_process_outlives_the_web_process(how, signals, to_the_group, tmp_path):
    marker = f"LRLAB_TEST={uuid.uuid4().hex}"
    name, _, value = marker.partition("=")
    environment = {
        **os.environ,
        name: value,
        "PYTHONPATH": str(ROOT),
        "LRLAB_TEST_IMPORTING": str(tmp_path / "importing"),
    }
    command = [sys.executable, str(Path(__file__).with_name("web_process.py")), how]
    web = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    try:
        assert web.stdout.readline() == "ready\n", web.communicate(timeout=PATIENCE_S)[1]
        assert len(marked(marker)) == (2 if how == "importing" else 4)  # itself, the helper and its workers
        for number in signals:
            (os.killpg if to_the_group else os.kill)(web.pid, number)
        states, said = web.communicate(timeout=PATIENCE_S)
        until(lambda: not marked(marker))
    finally:
        for pid in marked(marker):
            os.kill(pid, signal.SIGKILL)
    # Only the web process itself may speak of Ctrl-C; a helper with a traceback of its own would be noise on
    # every stop.
    assert said.count("KeyboardInterrupt") == (signals == [signal.SIGINT])
    assert web.returncode == (0 if how == "tidy" else -signals[0])
    # interrupted, and not lost with a helper that the signal reached first
    assert states == ("cancelled cancelled\n" if how == "tidy" else "")


def test_a_helper_whose_web_process_is_gone_before_it_begins_leaves():
    """The kernel's death signal is set a little after the start; until then, the parent's number and the
    socket tell."""
    command = [sys.executable, "-m", "lrcore.jobs.zygote", "--fd=0", "--runner=tests.jobs.slow_import:run"]
    # another process is the parent by now; the parent lives and has closed the socket
    for parent in (1, os.getpid()):
        helper = subprocess.run(
            [*command, f"--parent={parent}"],
            stdin=subprocess.DEVNULL if parent == 1 else closed_socket(),
            cwd=ROOT,
        )
        assert helper.returncode == 0


def closed_socket():
    ours, theirs = socket.socketpair()
    ours.close()
    return theirs
