"""The WebSocket on which the steps of a drag come and go: the newest is answered, what it overtook is not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.server.assets import base_path
from ui.server.drag import Drag

_IDLE_S = 120.0  # an open socket is an open file; the browser opens another when a slider is touched
_STEP_S = 1 / 60  # no screen shows more
# Not on the loop that serves everybody, unless a curve takes no longer than the way to a thread and back. Two
# threads: the interpreter computes one curve at a time anyway.
_threads = ThreadPoolExecutor(2, thread_name_prefix="lrlab-drag")


def drag_path() -> str:
    """Where the browser finds it."""
    return f"{base_path()}/drag"


async def drag(socket: WebSocket) -> None:
    """One browser's drags, for as long as it stays and moves something now and then."""
    await socket.accept()
    loop, conversation, inbox = asyncio.get_running_loop(), Drag(), _Inbox()
    reader = asyncio.create_task(_read(socket, inbox))
    try:
        while (text := await inbox.newest()) is not None:
            began = loop.time()
            # The run of a page that is described may have to be read from disk; JSON may write the word, or
            # a part of it, as \u escapes.
            if conversation.quick and '"words"' not in text and "\\u" not in text:
                answer = _answered(conversation, text)
            else:
                answer = await loop.run_in_executor(_threads, _answered, conversation, text)
            await socket.send_text(answer)
            await asyncio.sleep(began + _STEP_S - loop.time())
        await socket.close()
    except (WebSocketDisconnect, RuntimeError):
        return  # the browser left before it was answered
    finally:
        reader.cancel()


def _answered(conversation: Drag, text: str) -> str:
    return orjson.dumps(conversation.answer(text), option=orjson.OPT_SERIALIZE_NUMPY).decode()


class _Inbox:
    """Holds one message: a newer one takes its place."""

    def __init__(self) -> None:
        self._text: str | None = None
        self._changed = asyncio.Event()

    def put(self, text: str | None) -> None:
        """A message, or None for the end."""
        self._text = text
        self._changed.set()

    async def newest(self) -> str | None:
        """Wait for a message; None when the browser has left, or has said nothing for long."""
        try:
            await asyncio.wait_for(self._changed.wait(), _IDLE_S)
        except TimeoutError:
            return None
        self._changed.clear()
        return self._text


async def _read(socket: WebSocket, inbox: _Inbox) -> None:
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        inbox.put(message.get("text") or "")
    inbox.put(None)
