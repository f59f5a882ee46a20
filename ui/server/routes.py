"""The server's own routes: plotly.js, the live events of a job, the steps of a drag, and readiness."""

from __future__ import annotations

import asyncio
import time

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from lrcore.errors import JobError
from lrcore.jobs import Subscription
from lrcore.results.events import Split
from ui.server import assets, engine
from ui.server.drag_socket import drag, drag_path
from ui.server.live import Feed, Message


def routes() -> list[BaseRoute]:
    """All routes that `app.py` adds to Streamlit's."""
    return [
        *assets.routes(),
        Route(f"{assets.base_path()}/ready", ready),
        WebSocketRoute(f"{assets.base_path()}/live/{{job_id}}", live),
        WebSocketRoute(drag_path(), drag),
    ]


async def ready(request: Request) -> JSONResponse:
    """200 when workers can take jobs, 503 while they are starting; `?wait=20` gives them that many seconds to
    start, at most 60."""
    board, end = engine.board(), time.monotonic() + _seconds(request.query_params.get("wait", "0"))
    while not board.ready and time.monotonic() < end:
        await asyncio.sleep(0.1)
    health = board.health()
    return JSONResponse(health, status_code=200 if health["ready"] else 503)


def _seconds(text: str) -> float:
    try:
        return min(float(text), 60.0)
    except ValueError:
        return 0.0


async def live(socket: WebSocket) -> None:
    """One viewer of one job: a snapshot, then increments, then `done`; closes when the job ends or the viewer
    leaves.

    `?split=train|val` chooses the loss. A WebSocket rather than server-sent events: it closes at once on
    SIGTERM.
    """
    await socket.accept()
    split: Split = "val" if socket.query_params.get("split") == "val" else "train"
    try:
        subscription = engine.board().subscribe(socket.path_params["job_id"])
    except JobError:
        await _send(
            socket,
            {
                "kind": "done",
                "state": "unknown",
                "status": {"text": "This run is no longer on the server.", "state": "unknown"},
            },
        )
        await socket.close()
        return
    job = subscription.job
    with subscription:
        left = asyncio.create_task(_until_left(socket, subscription))
        feed = Feed(job.experiment, split)
        try:
            async for batch in subscription:
                for message in feed.messages(batch, job.seconds_left):
                    await _send(socket, message)
            await socket.close()
        except (WebSocketDisconnect, RuntimeError):
            return  # the viewer left between two messages
        finally:
            left.cancel()


async def _send(socket: WebSocket, message: Message) -> None:
    await socket.send_text(orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY).decode())


async def _until_left(socket: WebSocket, subscription: Subscription) -> None:
    """End the subscription when the viewer goes: a job that says nothing would otherwise keep it for ever."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        continue  # whatever a viewer sends, text or bytes, is not for us
    subscription.close()
