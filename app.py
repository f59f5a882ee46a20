"""The server: Streamlit's script `ui/main.py` with our own routes beside it.

`python app.py` serves it as the settings say; `streamlit run app.py` and `uvicorn app:app` work too, without
what `ui/server/listening.py` adds. The job engine starts with the server, not with the first visitor.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from lrcore.jobs import raise_open_files_limit
from ui.server import engine, logs, offload, page_files, routes, start
from ui.server.guard.middleware import middleware
from ui.server.guard.sign_in import streamlit_secrets
from ui.server.refusals import Refusals
from ui.server.settings import settings
from ui.style import PAGE_CSS

start.prepare()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    logs.set_up(settings().log_level, settings().log_format)
    raise_open_files_limit()
    engine.start()
    offload.start()
    threading.Thread(target=page_files.prepare, args=(PAGE_CSS,), daemon=True).start()
    # Who waits for the interpreter gets it ten times as soon as by default: the server's loop gives it away
    # with each message that it writes, and scripts compute.
    sys.setswitchinterval(0.0005)
    # A run of the script leaves thousands of objects, and few of them in cycles: by default a fifth of the
    # interpreter's time goes into looking for those, and each look at all of them holds everybody up.
    gc.set_threshold(10_000, 5, 8)
    gc.collect()
    gc.freeze()  # what is imported by now never dies: later collections need not walk it
    with start.stopping_first(engine.interrupt):
        try:
            yield
        finally:
            offload.stop()
            engine.stop()


app = st.App(
    "ui/main.py",
    secrets=streamlit_secrets(),
    lifespan=lifespan,
    routes=routes.routes(),
    # the first one is outermost, and sees what the others refuse; the last is asked for what they let through
    middleware=[Middleware(Refusals), *middleware(), Middleware(page_files.PageFiles, css=PAGE_CSS)],
)

if __name__ == "__main__":
    start.serve(app)
