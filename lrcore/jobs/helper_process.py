"""Starting the zygote as a process."""

from __future__ import annotations

import dataclasses
import json
import socket
import subprocess
from dataclasses import dataclass

from lrcore.jobs.child import start_child
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
    return start_child(
        "lrcore.jobs.zygote",
        f"--runner={setup.runner}",
        f"--device={setup.device}",
        f"--limits={json.dumps(dataclasses.asdict(setup.limits))}",
        # PyTorch then asks the driver's monitoring library whether there is a GPU, which leaves a fork able
        # to use it.
        PYTORCH_NVML_BASED_CUDA_CHECK="1",
    )
