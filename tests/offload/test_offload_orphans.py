"""No process outlives the web process, however that ends."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest

from tests.source import ROOT


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_web_process(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.offload.web_process"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as web:
        assert web.stdout is not None
        server = psutil.Process(int(web.stdout.readline()))
        family = [server, *server.children()]
        web.send_signal(number)
    assert len(family) == 3  # two calls were being calculated
    assert psutil.wait_procs(family, timeout=30)[1] == []
