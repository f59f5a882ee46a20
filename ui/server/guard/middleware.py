"""The guard's parts as the middleware of `app.py`: what comes first is outermost."""

from __future__ import annotations

from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ui.server.guard import sign_in
from ui.server.guard.closed import ClosedDoors
from ui.server.guard.headers import SecurityHeaders
from ui.server.guard.messages import BoundedMessages
from ui.server.guard.open_sockets import OpenSockets
from ui.server.guard.origin import OriginCheck
from ui.server.guard.rates import RateLimits, rates
from ui.server.settings import settings


def middleware() -> list[Middleware]:
    """The guard as the settings want it."""
    chosen = settings()
    return [
        Middleware(
            SecurityHeaders, secure=chosen.public_origin.startswith("https:"), frames=chosen.frame_ancestors
        ),
        # Whose address counts: the right-most hop of X-Forwarded-For that is no trusted proxy.
        Middleware(ProxyHeadersMiddleware, trusted_hosts=[str(each) for each in chosen.trusted_proxies]),
        Middleware(ClosedDoors),
        Middleware(OriginCheck, sites=chosen.sites),
        Middleware(OpenSockets, per_address=chosen.sockets_per_address, in_all=chosen.sockets_max),
        Middleware(RateLimits, rates=rates()),
        *([Middleware(sign_in.SignIn)] if sign_in.wanted() else []),
        Middleware(BoundedMessages),
    ]
