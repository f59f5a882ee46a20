"""The one job board of this server process."""

from __future__ import annotations

import threading

from lrcore.jobs import JobBoard, start_engine
from ui.server.settings import settings

_lock = threading.Lock()
_board: JobBoard | None = None


def start() -> JobBoard:
    """The board, started if it is not yet: by the app's lifespan, or by a page that runs without one
    (AppTest)."""
    global _board
    with _lock:
        if _board is None:
            _board = start_engine(dask=settings().dask)
        return _board


board = start


def stop() -> None:
    """End the workers. A later `start` makes a new board."""
    global _board
    with _lock:
        if _board is not None:
            _board.close()
            _board = None
