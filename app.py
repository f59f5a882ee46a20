"""The server: Streamlit's script `ui/main.py` with our own routes beside it.

`streamlit run app.py` and `uvicorn app:app` both serve it. The job engine starts with the server, not with
the first visitor.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ui.server import engine, offload, routes


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    engine.start()
    offload.start()
    gc.collect()
    gc.freeze()  # what is imported by now never dies: later collections need not walk it
    try:
        yield
    finally:
        offload.stop()
        engine.stop()


app = st.App("ui/main.py", lifespan=lifespan, routes=routes.routes())
