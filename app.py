"""The server: Streamlit's script `ui/main.py` with our own routes beside it.

`streamlit run app.py` and `uvicorn app:app` both serve it. The job engine starts with the server, not with
the first visitor.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from lrcore.jobs import raise_open_files_limit
from ui.server import engine, logs, routes
from ui.server.refusals import Refusals
from ui.server.settings import settings


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    logs.set_up(settings().log_level, settings().log_format)
    raise_open_files_limit()
    engine.start()
    gc.collect()
    gc.freeze()  # what is imported by now never dies: later collections need not walk it
    try:
        yield
    finally:
        engine.stop()


app = st.App(
    "ui/main.py",
    lifespan=lifespan,
    routes=routes.routes(),
    middleware=[Middleware(Refusals)],  # the first one is outermost, and sees what the others refuse
)
