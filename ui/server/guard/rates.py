"""How often one address may ask: pages, sockets, pastes and experiments, counted over a moving window.

A class shares one address, so the limits are those of a class and not of a person; what one visitor does to
the others below them is bounded by the fair queue, not here.
"""

from __future__ import annotations

import math
import threading
import time
from functools import cache
from typing import Literal

import limits
import streamlit as st
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from lrcore.errors import LRLabError
from ui.server.assets import base_path
from ui.server.guard.answers import local_path, refuse
from ui.server.guard.visitor import counted, visitor
from ui.server.settings import Settings, settings

_PARTS = ("/static/", "/assets/", "/media/", "/component/")
_KEPT = 1000  # addresses, of each kind, before those that have gone are looked for
Kind = Literal["page", "session", "link", "socket", "paste", "experiment"]


class Rates:
    """The limits of each kind, and who has used how much of them."""

    def __init__(self, chosen: Settings) -> None:
        page, socket = limits.parse(chosen.page_rate), limits.parse(chosen.socket_rate)
        self._limits: dict[Kind, limits.RateLimitItem] = {
            "page": page,
            "session": page,
            "link": page,
            "socket": socket,
            "paste": limits.parse(chosen.paste_rate),
            "experiment": limits.parse(chosen.job_rate),
        }
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._lock = threading.Lock()  # scripts ask in threads of their own
        self._most = _KEPT

    def wait(self, kind: Kind, address: str) -> int:
        """Count one more of a kind; 0 when it is within the limit, else the seconds until it would be."""
        limit = self._limits[kind]
        with self._lock:
            self._forget()
            if self._limiter.hit(limit, kind, address):
                return 0
            reset_at = self._limiter.get_window_stats(limit, kind, address).reset_time
        return max(1, math.ceil(reset_at - time.time()))

    def __len__(self) -> int:
        return len(self._storage.events)

    def _forget(self) -> None:
        """Drop who has not come for long. `limits` empties their lists and keeps these, and looks through all
        of them after each hit."""
        if len(self) >= self._most:
            for key in [key for key, hits in self._storage.events.items() if not hits]:
                del self._storage.events[key]
            self._most = max(_KEPT, 2 * len(self))


@cache
def rates() -> Rates:
    """The counts of this process."""
    return Rates(settings())


def count(kind: Kind) -> None:
    """Count one more of a kind for the visitor whose script runs. Raises LRLabError beyond the limit."""
    if seconds := rates().wait(kind, address()):
        raise LRLabError(_sentence(kind, seconds))


def address() -> str:
    """What the visitor whose script runs is counted as; Streamlit does not say this machine's own address."""
    return counted(st.context.ip_address or "this machine")


class RateLimits:
    """429 with `Retry-After` for pages and WebSockets beyond the limit."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self._app = app
        self._rates = rates
        self._stream = f"{base_path()}/_stcore/stream"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (kind := self._kind(scope)) and (seconds := self._rates.wait(kind, visitor(scope))):
            headers = {"Retry-After": str(seconds)}
            return await refuse(scope, receive, send, 429, _sentence(kind, seconds), headers)
        return await self._app(scope, receive, send)

    def _kind(self, scope: Scope) -> Kind | None:
        if scope["type"] == "websocket":
            return "session" if scope["path"] == self._stream else "socket"
        return "page" if scope["type"] == "http" and _costs(local_path(scope)) else None


def _costs(path: str) -> bool:
    """Whether a path is a page, and not one of its parts: they are many and cost little, and a browser looks
    for some of them below the page's own path too."""
    return path != "/ready" and not path.startswith(_PARTS) and "/_stcore/" not in path


def _sentence(kind: Kind, seconds: int) -> str:
    return f"Too many {kind}s came from your address; please wait {seconds} s and try again."
