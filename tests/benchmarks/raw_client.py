"""One visitor without a browser: speaks Streamlit's protocol, and moves the sliders of the page."""

from __future__ import annotations

import json
import re
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_PATIENCE_S = 120.0
_ENDS = (0, 3)  # a run of the script, or of fragments, has come to its end


class RawClient:
    """A session of the app at `url`, opened with the words of a link."""

    def __init__(self, url: str, query: str) -> None:
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket: ClientConnection = connect(
            address, subprotocols=["streamlit"], max_size=None, proxy=None
        )  # type: ignore[list-item]
        self._query, self._page = query, ""
        self._sliders: dict[str, tuple[str, str, dict[str, Any]]] = {}
        self.described: dict[str, Any] = {}  # words and run of the page, as its charts say them
        self.messages = self.bytes = 0
        self.run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def run(self) -> None:
        """The whole script, as a reload of the page would have it."""
        self._send(BackMsg())

    def move(self, card: str, name: str, value: float, *, dragging: bool) -> None:
        """Tell Python of a moved slider, and wait until its run has ended."""
        widget, fragment, data = self._sliders[card]
        values = {spec["name"]: spec["value"] for spec in data["specs"]} | {name: value}
        event = {"values": values, "dragging": dragging, "seq": data["ack"] + 1, "at": 0}
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.json_value = widget, json.dumps({"event": event})
        self._send(message)

    def _send(self, message: BackMsg) -> None:
        message.rerun_script.query_string = self._query
        message.rerun_script.page_script_hash = self._page
        self._socket.send(message.SerializeToString())
        while not self._heard(self._socket.recv(_PATIENCE_S)):
            continue

    def _heard(self, data: str | bytes) -> bool:
        """Take in one message; True for the end of a run."""
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        self.messages, self.bytes = self.messages + 1, self.bytes + len(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "bidi_component":
                self._component(element.bidi_component, message.delta.fragment_id)
            elif element.WhichOneof("type") == "exception":
                raise RuntimeError(element.exception.message)
        return kind == "script_finished" and message.script_finished in _ENDS

    def _component(self, component: Any, fragment: str) -> None:
        if component.component_name == "lrlab_live_sliders":
            card = re.sub(r"@.*", "", component.id.split("-", 2)[-1])
            self._sliders[card] = (component.id, fragment, json.loads(component.json)[0])
        elif component.component_name == "lrlab_chart":
            drag = json.loads(component.json)[0]["drag"] or {}
            if drag.get("words"):
                self.described = {name: drag[name] for name in ("page", "words", "run") if name in drag}
