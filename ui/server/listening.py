"""The listening side: how many connections may be open, and for how long without a question.

A connection costs a file before it has said anything, and an app is not told of it. One address that holds a
thousand of them would leave none for the pages and the workers; uvicorn has a limit for questions, none for
silence.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from typing import Any, cast

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from lrcore.jobs.processes import raise_open_files_limit
from ui.server.guard.visitor import counted, is_in
from ui.server.settings import Settings

MESSAGE_MAX = 1024 * 1024  # bytes that a visitor's WebSocket message may have; what is unfinished is kept
_FILES_KEPT = 0.5  # the share that sessions (three each), workers and results need


@dataclass
class Doorkeeper:
    """Which connections may be open.

    Args:
        per_address: connections of one address that have not become a WebSocket.
        in_all: connections of all together.
        exempt: proxies, behind which everybody has one address.
        patience_s: seconds in which the head of a request has to be complete.
    """

    per_address: int
    in_all: int
    exempt: tuple[IPv4Network | IPv6Network, ...] = ()
    patience_s: float = 20.0
    open: Counter[str] = field(default_factory=Counter)

    def enter(self, address: str, connections: int) -> bool:
        """Whether one more may stay, when there are so many in all; it is counted if so."""
        if connections > self.in_all:
            return False
        if self.open[address] >= self.per_address and not is_in(address, self.exempt):
            return False
        self.open[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One of those who entered has gone, or has become a WebSocket, which the guard counts."""
        self.open[address] -= 1
        if not self.open[address]:
            del self.open[address]


class _Connection(H11Protocol):
    """uvicorn's connection with a doorkeeper, and a time within which the head of a request is to be said."""

    def __init__(self, *args: Any, keeper: Doorkeeper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keeper = keeper
        self._address: str | None = None  # while it is counted
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        address = counted(self.client[0] if self.client else "")
        if not self._keeper.enter(address, len(self.connections)):
            transport.abort()
            return
        self._address = address
        self._wait_for_a_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_longer()
        elif self._timer is None and self._address is not None:
            self._wait_for_a_head()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        super().handle_websocket_upgrade(event)
        self._gone()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._gone()

    def _wait_for_a_head(self) -> None:
        self._timer = self.loop.call_later(self._keeper.patience_s, self.transport.abort)

    def _wait_no_longer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _gone(self) -> None:
        self._wait_no_longer()
        if self._address is not None:
            self._keeper.leave(self._address)
            self._address = None


def listen(app: ASGIApp, of: Settings) -> None:
    """Serve until a signal ends it."""
    keeper = Doorkeeper(
        per_address=of.connections_per_address,
        in_all=int(raise_open_files_limit() * (1 - _FILES_KEPT)),
        exempt=of.trusted_proxies,
    )
    uvicorn.Server(configuration(app, keeper, host=of.host, port=of.port)).run()


def configuration(app: ASGIApp, keeper: Doorkeeper, host: str, port: int) -> uvicorn.Config:
    """How uvicorn serves: as Streamlit's own runner sets it up, but for the limits, and namelessly."""
    return uvicorn.Config(
        cast(Callable[..., Any], app),
        host=host,
        port=port,
        http=cast(type[asyncio.Protocol], partial(_Connection, keeper=keeper)),
        ws="websockets-sansio",
        ws_max_size=MESSAGE_MAX,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        ws_per_message_deflate=False,
        proxy_headers=False,  # the guard reads them, in all ways in which the app can be started
        server_header=False,
        access_log=False,
        lifespan="on",  # in its own mode uvicorn takes an app that fails to start for one without a lifespan
        use_colors=False,
    )
