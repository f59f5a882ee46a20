"""SIGTERM or Ctrl-C to the real server while it trains: who watches hears of it, and it ends well."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from websockets.sync.client import connect

from tests.jobs.support import PATIENCE_S
from tests.served import LOGGED_ERROR
from tests.source import ROOT


@pytest.mark.parametrize("signals", [[signal.SIGTERM] * 3, [signal.SIGINT]], ids=["term-thrice", "ctrl-c"])
def test_who_watches_a_run_hears_that_it_was_interrupted(signals: list[signal.Signals]) -> None:
    environment = {**os.environ, "LRLAB_HOST": "127.0.0.1", "LRLAB_BASE_PATH": "lab", "LRLAB_SLOTS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.training_server"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            where = next(line for line in server.stdout if line.startswith("ws://")).strip()
            with connect(where, open_timeout=PATIENCE_S) as socket:
                first = json.loads(socket.recv(timeout=PATIENCE_S))
                for each in signals:
                    server.send_signal(each)
                messages = [json.loads(text) for text in socket]
            _, errors = server.communicate(timeout=10)
        finally:
            server.kill()
    assert first["kind"] == "snapshot"
    assert (messages[-1]["kind"], messages[-1]["state"]) == ("done", "cancelled")
    assert "shutting down" in messages[-1]["status"]["text"]
    assert server.returncode == 0
    assert "1 running and 0 waiting experiments are interrupted" in errors
    assert not LOGGED_ERROR.search(errors)
