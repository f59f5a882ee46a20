"""How many connections the listening side keeps, and for how long without a question."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network

import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.sync.client import connect

from tests.served import free_port
from ui.server.listening import Doorkeeper, configuration

PATIENCE_S = 30.0


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Says `hello` to a request, and keeps a WebSocket until it is closed."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})
    elif scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            continue


@contextmanager
def listening(keeper: Doorkeeper) -> Iterator[int]:
    port = free_port()
    config = configuration(_app, keeper, host="127.0.0.1", port=port)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


def until(condition: object) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def silent(port: int, first: bytes = b"") -> socket.socket:
    """A connection that says this much and then nothing."""
    opened = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    opened.sendall(first)
    return opened


def ended(opened: socket.socket) -> bool:
    """Wait until the server has closed the connection."""
    try:
        return opened.recv(1) == b""
    except ConnectionResetError:
        return True


def asks(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", "/", headers={"Connection": "close"})
    answer = connection.getresponse()
    assert answer.headers["Server"] is None
    return answer.read()


def test_an_address_holds_its_share_and_no_more() -> None:
    keeper = Doorkeeper(per_address=5, in_all=100)
    with listening(keeper) as port, ExitStack() as held:
        kept = [held.enter_context(silent(port)) for _ in range(5)]
        until(lambda: keeper.open["127.0.0.1"] == 5)
        assert ended(held.enter_context(silent(port)))
        kept[0].close()
        until(lambda: keeper.open["127.0.0.1"] == 4)
        assert asks(port) == b"hello"


def test_a_websocket_leaves_its_place_to_another_connection() -> None:
    keeper = Doorkeeper(per_address=1, in_all=100)
    with listening(keeper) as port, ExitStack() as held:
        for _ in range(3):
            held.enter_context(connect(f"ws://127.0.0.1:{port}/", proxy=None))
        until(lambda: not keeper.open)
        assert asks(port) == b"hello"


def test_a_proxy_is_not_one_visitor_but_nobody_fills_the_house() -> None:
    keeper = Doorkeeper(per_address=1, in_all=4, exempt=(ip_network("127.0.0.0/8"),))
    with listening(keeper) as port, ExitStack() as held:
        for _ in range(4):
            held.enter_context(silent(port))
        until(lambda: keeper.open["127.0.0.1"] == 4)
        assert ended(held.enter_context(silent(port)))


def test_who_does_not_finish_a_question_is_not_waited_for() -> None:
    keeper = Doorkeeper(per_address=9, in_all=100, patience_s=0.2)
    with listening(keeper) as port, ExitStack() as held:
        half = held.enter_context(silent(port, b"GET / HTTP/1.1\r\nHost: x\r\n"))
        assert ended(half)
        assert ended(held.enter_context(silent(port)))
        second = held.enter_context(silent(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert second.recv(1000).startswith(b"HTTP/1.1 200")
        second.sendall(b"GET / HT")
        while second.recv(1000):  # what may be left of the first answer, then the end
            continue
        until(lambda: not keeper.open)
        assert asks(port) == b"hello"
