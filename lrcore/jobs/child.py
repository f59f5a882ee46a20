"""Starting a module of ours as a process that forks others: the helper, and the fork server of
`lrcore.offload`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import lrcore
from lrcore.jobs.processes import ONE_THREAD


def start_child(
    module: str, *options: str, **environment: str
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The process and our end of the socket to it; OSError when there is no file descriptor or process left.

    It is told `--fd`, its end of the socket, and `--parent`, our process id, before `options`; `environment`
    is added to ours.
    """
    ours, theirs = socket.socketpair()
    fd = theirs.fileno()
    with theirs:
        try:
            # Not multiprocessing: its spawn and its fork server would run the app's script again.
            process = subprocess.Popen(
                [sys.executable, "-m", module, f"--fd={fd}", f"--parent={os.getpid()}", *options],
                env={**_environment(), **environment},
                pass_fds=[fd],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        except OSError:
            ours.close()
            raise
    return process, ours


def _environment() -> dict[str, str]:
    """One thread for every library, before the first import; this lrcore, wherever the app was started."""
    root = str(Path(lrcore.__file__).parents[1])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": path}
