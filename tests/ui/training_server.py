"""The real app with a long run under way: prints where its events are, once it runs."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]
os.environ["LRLAB_PORT"] = str(PORT)
sys.path.insert(0, os.getcwd())
sys.argv = ["app.py"]  # Streamlit looks for the page beside the program

from app import app  # noqa: E402
from lrcore.experiment import Experiment  # noqa: E402
from ui.server import engine, start  # noqa: E402
from ui.server.live import live_address  # noqa: E402

LONG = {"plans": ["lr=0.1"], "steps": 20_000, "seeds": 20, "batch_size": 64}


def train() -> None:
    job = engine.board().submit(Experiment.model_validate(LONG), "somebody")
    while job.state != "running" or not answers():
        time.sleep(0.05)
    print(f"ws://127.0.0.1:{PORT}/lab{live_address(job, 'train')}", flush=True)


def answers() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


threading.Thread(target=train, daemon=True).start()
start.serve(app)
