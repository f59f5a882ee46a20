"""The real app with a long run under way: prints where its events are, once it runs."""

from __future__ import annotations

import os
import sys
import threading
import time

from tests.browser.conftest import answers, free_port

LONG = {"plans": ["lr=0.1"], "steps": 20_000, "seeds": 20, "batch_size": 64}


def main() -> None:
    """Serve until a signal comes."""
    port = free_port()
    os.environ["LRLAB_PORT"] = str(port)
    sys.argv = ["app.py"]  # Streamlit looks for the page beside the program
    from app import app
    from lrcore.experiment import Experiment
    from ui.server import engine, start
    from ui.server.live import live_address

    def train() -> None:
        job = engine.board().submit(Experiment.model_validate(LONG), "somebody")
        while job.state != "running" or not answers(f"http://127.0.0.1:{port}/lab/ready"):
            time.sleep(0.05)
        print(f"ws://127.0.0.1:{port}/lab{live_address(job, 'train')}", flush=True)

    threading.Thread(target=train, daemon=True).start()
    start.serve(app)


if __name__ == "__main__":  # the collection of doctests imports every file
    main()
