"""Starting the zygote as a process."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import lrcore
from lrcore.jobs.processes import ONE_THREAD
from lrcore.jobs.worker_limits import WorkerLimits


@dataclass(frozen=True)
class Setup:
    """What a helper is started with."""

    slots: int
    runner: str  # module:function
    device: str
    limits: WorkerLimits


def start_zygote(setup: Setup) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The process and our end of the socket to it; OSError when there is no file descriptor or process
    left."""
    ours, theirs = socket.socketpair()
    fd = theirs.fileno()
    options = [
        f"--fd={fd}",
        f"--parent={os.getpid()}",
        f"--runner={setup.runner}",
        f"--device={setup.device}",
    ]
    limits = json.dumps(dataclasses.asdict(setup.limits))
    with theirs:
        try:
            # Not multiprocessing: its spawn would run the app's script again in the helper.
            process = subprocess.Popen(
                [sys.executable, "-m", "lrcore.jobs.zygote", *options, f"--limits={limits}"],
                env=_environment(),
                pass_fds=[fd],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        except OSError:
            ours.close()
            raise
    return process, ours


def _environment() -> dict[str, str]:
    """One thread for every library, before the first import; this lrcore, wherever the app was started; no
    CUDA before a fork."""
    root = str(Path(lrcore.__file__).parents[1])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    # PyTorch then asks the driver's monitoring library whether there is a GPU, which leaves a fork able to
    # use it.
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": path, "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
