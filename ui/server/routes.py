"""The server's own routes: plotly.js, a job's live events, the steps of a drag, readiness, and metrics."""

from __future__ import annotations

import asyncio
import contextlib
import time

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from lrcore.errors import JobError
from lrcore.jobs import Job, Subscription, preview_of
from lrcore.results.axes import axis_named
from lrcore.results.events import Split
from ui.server import assets, engine, metrics_route
from ui.server.drag_socket import drag, drag_path
from ui.server.live import Feed, Message, may_watch
from ui.server.loss_axes import axis_of

_SIGN_OF_LIFE_S = 3.0  # a browser that has heard nothing for 8 s says so: `chart/frontend/live.js`


def routes() -> list[BaseRoute]:
    """All routes that `app.py` adds to Streamlit's."""
    return [
        *assets.routes(),
        *metrics_route.routes(),
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

    `live_address` says which words there are; without the key of the job nobody learns whether there is one.
    A WebSocket rather than server-sent events: it closes at once on SIGTERM.
    """
    await socket.accept()
    job_id = socket.path_params["job_id"]
    split: Split = "val" if socket.query_params.get("split") == "val" else "train"
    name = axis_named(socket.query_params.get("axis", ""))
    board, earlier = engine.board(), socket.query_params.get("first", "")
    try:
        if not may_watch(job_id, earlier, socket.query_params.get("key", "")):
            raise JobError("This address was not given out by this server.")
        # in a thread, for they may read a kept result from disk
        first = await asyncio.to_thread(board.job, earlier)
        subscription = await asyncio.to_thread(board.subscribe, job_id)
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
        axis = await asyncio.to_thread(axis_of, job.experiment, name)
        beside = [
            asyncio.create_task(_until_left(socket, subscription)),
            asyncio.create_task(_signs_of_life(socket)),
        ]
        part = first if first is not None and _is_part(first, job) else None
        feed = Feed(job.experiment, split, part, axis)
        try:
            async for batch in subscription:
                for message in feed.messages(batch, job.told_seconds_left):
                    await _send(socket, message)
            await socket.close()
        except (WebSocketDisconnect, RuntimeError):
            return  # the viewer left between two messages
        finally:
            for task in beside:
                task.cancel()


def _is_part(first: Job, job: Job) -> bool:
    """Whether one finished job is the other with fewer seeds: an address can say anything."""
    preview = preview_of(job.experiment)
    return preview is not None and first.state == "done" and first.experiment == preview


async def _send(socket: WebSocket, message: Message) -> None:
    await socket.send_text(orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY).decode())


async def _signs_of_life(socket: WebSocket) -> None:
    """A word without news now and then, also while a job waits: where a network swallows all, the browser
    would wait in vain, and neither it nor the visitor could tell that from a run that says nothing."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await asyncio.sleep(_SIGN_OF_LIFE_S)
            await _send(socket, {"kind": "status"})


async def _until_left(socket: WebSocket, subscription: Subscription) -> None:
    """End the subscription when the viewer goes: a job that says nothing would otherwise keep it for ever."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        continue  # whatever a viewer sends, text or bytes, is not for us
    subscription.close()
