"""A person's page: a WebSocket that speaks Streamlit's protocol, and what a browser would hold of the page.

What is sent is what a browser sends when a slider moves or a run ends, less the widgets that nobody has
touched.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

SLIDERS, CHART = "lrlab_live_sliders", "lrlab_chart"
KEPT_RUNS = 2
ENDED_WELL = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass(frozen=True)
class Mounted:
    """One of our components on the page."""

    id: str
    fragment: str
    data: dict[str, Any]


class Page:
    """Open a page with `await Page(...).open()`; `listen` is told of every component that arrives, `trouble`
    of what nobody may see."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "",
        query: str = "",
        address: str | None = None,
        listen: Callable[[str, Mounted], None] = lambda key, mounted: None,
        trouble: Callable[[str], None] = lambda what: None,
    ) -> None:
        self.url = url.replace("http", "ws", 1)
        self.address = address  # of the client, where it is to have one of its own
        self.mounted: dict[str, Mounted] = {}  # by component and key: "lrlab_chart lr"
        self.kinds: Counter[str] = Counter()  # how many elements of each kind have come
        self.running = False
        self.runs = 0
        self.session = ""  # its id on the server
        self.query = query
        self.closing = False
        self._name = name
        self._hash = ""
        self._states: dict[str, str] = {}
        # Long messages, which the server does not send again for two runs; each with the run of its last use.
        self._kept: dict[str, tuple[int, ForwardMsg]] = {}
        self._finished = asyncio.Event()
        self._listen = listen
        self.trouble = trouble
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None, "the page is not open"
        return self._socket

    @property
    def gone(self) -> bool:
        return self._reader is None or self._reader.done()

    async def open(self, patience: float = 120.0) -> None:
        """Connect, ask for the page, and wait until its script has run."""
        self._socket = await self.connect("/_stcore/stream", "streamlit")
        self._reader = asyncio.create_task(self._read())
        await self.rerun()
        await self.finished(patience)

    async def connect(self, path: str, *subprotocols: str) -> ClientConnection:
        """A WebSocket to a path of the server, from this client's address."""
        options: dict[str, Any] = {"subprotocols": list(subprotocols)} if subprotocols else {}
        if self.address:
            options["local_addr"] = (self.address, 0)
        return await connect(
            self.url + path, max_size=None, open_timeout=60, ping_interval=None, proxy=None, **options
        )

    async def close(self) -> None:
        self.closing = True
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            await self._socket.close()

    def vanish(self, *, reset: bool) -> None:
        """Be gone without a close frame: with a reset of the connection, or in silence, reading nothing."""
        self.closing = True
        if self._reader is not None:
            self._reader.cancel()
        if reset:
            self.socket.transport.abort()
        else:
            self.socket.transport.pause_reading()

    async def finished(self, patience: float = 60.0) -> None:
        """Wait until no run is under way that this client has asked for."""
        await asyncio.wait_for(self._finished.wait(), patience)

    async def set_state(self, mounted: Mounted, value: Mapping[str, object]) -> None:
        """A component's state changes, as by `setStateValue` in its JavaScript."""
        self._states[mounted.id] = json.dumps(value)
        await self.rerun(mounted.fragment)

    async def trigger(self, mounted: Mounted, event: str, value: object) -> None:
        """A component triggers an event, as by `setTriggerValue` in its JavaScript."""
        key = f"$$STREAMLIT_INTERNAL_KEY_{mounted.id}__events"
        await self.rerun(mounted.fragment, {key: json.dumps([{"event": event, "value": value}])})

    async def rerun(self, fragment: str = "", triggers: Mapping[str, str] | None = None) -> None:
        """Ask for a run of the script, or of one fragment."""
        self._finished.clear()
        await self.socket.send(self.request(fragment, triggers))

    def request(self, fragment: str = "", triggers: Mapping[str, str] | None = None) -> bytes:
        """The message that asks for a run."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_name, run.page_script_hash = self.query, self._name, self._hash
        run.fragment_id = fragment
        run.cached_message_hashes.extend(self._kept)
        for name, state in self._states.items():
            run.widget_states.widgets.add(id=name, json_value=state)
        for name, value in (triggers or {}).items():
            run.widget_states.widgets.add(id=name, json_trigger_value=value)
        return bytes(message.SerializeToString())

    async def _read(self) -> None:
        try:
            async for data in self.socket:
                assert isinstance(data, bytes)
                self._take(ForwardMsg.FromString(data))
        except ConnectionClosed:
            pass
        except Exception as error:  # ours, and nothing is read from here on
            self.trouble(f"not understood: {error!r}")
            raise
        if not self.closing:
            self.trouble(f"page closed by the server ({self.socket.close_code})")

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._kept[message.ref_hash][1]
            kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._kept[message.hash] = self.runs, message
        if kind == "delta":
            self._draw(message.delta)
        elif kind == "new_session":
            self.running, self.session = True, message.new_session.initialize.session_id
        elif kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "script_finished":
            self.running = False
            self.runs += 1
            self._kept = {key: kept for key, kept in self._kept.items() if self.runs - kept[0] <= KEPT_RUNS}
            if message.script_finished in ENDED_WELL:
                self._finished.set()
            elif message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.trouble("the script did not compile")
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "page_not_found":
            self.trouble("page not found")
        elif kind == "session_event" and message.session_event.WhichOneof("type") != "script_changed_on_disk":
            self.trouble(f"session event {message.session_event.WhichOneof('type')}")

    def _draw(self, delta: Delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element: Element = delta.new_element
        kind = element.WhichOneof("type") or ""
        self.kinds[kind] += 1
        if kind == "bidi_component":
            shown = element.bidi_component
            [data] = orjson.loads(shown.json) if shown.json else [{}]  # a component may be given nothing
            key = data.get("key") or shown.id.rsplit("-", 1)[-1]
            name = f"{shown.component_name} {key}"
            self.mounted[name] = Mounted(shown.id, delta.fragment_id, data)
            self._listen(name, self.mounted[name])
        elif kind == "html" and "lr-results" in element.html.body:
            self.kinds["table"] += 1
            self._listen("table", Mounted("", delta.fragment_id, {}))
        elif kind == "exception":
            self.trouble(f"error page: {element.exception.type} {element.exception.message}")
        elif kind == "alert":
            self._listen("alert", Mounted("", delta.fragment_id, {"text": element.alert.body}))


def now() -> float:
    return time.monotonic()
