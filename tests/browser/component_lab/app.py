"""A small app around the browser components, for their tests and for the race in
tests/benchmarks/thumb_to_paint.py.

Its live route plays jobs whose behaviour is their name: "good" runs to the end, "breaks" loses its first
connection, "slow" stays queued for a moment, "unknown" is refused.
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path

import streamlit as st
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

sys.path.insert(0, str(Path(__file__).parents[3]))

from ui.server.assets import base_path, routes

_STEPS = 20
_connections: Counter[str] = Counter()


def _status(step: int) -> dict[str, object]:
    return {
        "text": f"step {step} of {_STEPS}",
        "fraction": step / _STEPS,
        "eta_s": (_STEPS - step) * 0.05,
        "state": "running",
    }


def _snapshot(job: str, upto: int) -> dict[str, object]:
    steps = list(range(upto))
    data = [
        {"x": steps, "y": [1 / (1 + s) for s in steps], "name": f"{job} one"},
        {"x": steps, "y": [1 / (1 + s / 2) for s in steps], "name": f"{job} two"},
    ]
    return {"kind": "snapshot", "version": upto, "data": data, "status": _status(upto)}


async def _live(websocket: WebSocket) -> None:
    job = websocket.path_params["job"]
    await websocket.accept()
    _connections[job] += 1
    try:
        if job.startswith("unknown"):
            await websocket.close(4404)
            return
        if job.startswith("slow"):
            await websocket.send_json({"kind": "status", "status": {"text": "queued", "state": "queued"}})
            await asyncio.sleep(1.5)
        await websocket.send_json(_snapshot(job, 5))
        for step in range(5, _STEPS):
            await asyncio.sleep(0.05)
            if step == 8 and job.startswith("breaks") and _connections[job] == 1:
                await websocket.close(1012)
                return
            traces = [{"i": 0, "y": [1 / (1 + step)]}, {"i": 1, "y": [1 / (1 + step / 2)]}]
            await websocket.send_json(
                {"kind": "extend", "x": [step], "traces": traces, "status": _status(step + 1)}
            )
        await websocket.send_json(
            {"kind": "done", "state": "done", "status": {"text": "done", "state": "done"}}
        )
        await websocket.receive_text()
    except WebSocketDisconnect:
        pass


app = st.App("main.py", routes=[*routes(), WebSocketRoute(f"{base_path()}/live/{{job}}", _live)])
