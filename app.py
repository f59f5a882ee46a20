"""The server: Streamlit's script `ui/main.py` with our own routes beside it.

`python app.py` serves it as the settings say; `streamlit run app.py` and `uvicorn app:app` work too. The job
engine starts with the server, not with the first visitor.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ui.server import engine, routes, start
from ui.server.guard.middleware import middleware
from ui.server.guard.sign_in import streamlit_secrets

start.prepare()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    engine.start()
    gc.collect()
    gc.freeze()  # what is imported by now never dies: later collections need not walk it
    with start.stopping_first(engine.interrupt):
        try:
            yield
        finally:
            engine.stop()


app = st.App(
    "ui/main.py",
    secrets=streamlit_secrets(),
    lifespan=lifespan,
    routes=routes.routes(),
    middleware=middleware(),
)

if __name__ == "__main__":
    start.serve(app)
