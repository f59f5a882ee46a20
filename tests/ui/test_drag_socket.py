"""Which steps of a drag are answered on the event loop, which serves everybody, and which on a thread."""

from __future__ import annotations

import json
import threading

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient

from ui.server import drag_socket
from ui.server.drag import Drag


def test_a_page_is_never_described_on_the_loop_however_its_message_is_spelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    described: list[str] = []

    def quick(self: Drag, text: str) -> dict[str, object]:
        if "words" in json.loads(text):
            described.append(threading.current_thread().name)
        self.quick = True
        return {"n": 1}

    monkeypatch.setattr(Drag, "answer", quick)
    app = Starlette(routes=[WebSocketRoute("/drag", drag_socket.drag)])
    with TestClient(app) as client, client.websocket_connect("/drag") as socket:
        for text in ('{"words": {}}', '{"n": 1}', '{"\\u0077ords": {}}', '{"words" : {}}'):
            socket.send_text(text)
            socket.receive_json()
    assert len(described) == 3
    assert all(name.startswith("lrlab-drag") for name in described)
