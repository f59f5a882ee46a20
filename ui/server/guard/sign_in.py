"""Sign-in through an OpenID Connect provider, off unless the operator names one.

Streamlit has the routes that talk to the provider and the signed cookie that they leave. What it checks is
what its script asks; here every page, socket, export and route is refused to whoever does not bring that
cookie, before any of them is reached.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import encode_provider_token, get_cookie_with_chunks
from streamlit.runtime.secrets import SecretsValue
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from ui.server.assets import base_path
from ui.server.guard.answers import local_path, page, reads_pages, refuse
from ui.server.settings import settings
from ui.server.signing import secret

# /metrics asks for the operator's token itself, and Prometheus cannot sign in.
_OPEN = ("/_stcore/health", "/ready", "/metrics", "/auth/login", "/auth/logout", "/oauth2callback")
_START = "/sign-in"
_WANTED = "lrlab_wanted_page"  # the cookie that brings somebody who signs in to the link that was clicked
_WANTED_MAX = 3000  # characters; a browser keeps about 4,000 bytes of a cookie
_CHECK_AGAIN_S = 60.0
_NO_LONGER = 1008
_ANONYMOUS = "Please sign in to use LR Lab."


def wanted() -> bool:
    """Whether the operator wants people to sign in."""
    return bool(settings().oidc_metadata_url)


def streamlit_secrets() -> dict[str, SecretsValue]:
    """What `st.App(secrets=...)` needs for Streamlit's sign-in; nothing when it is off."""
    chosen = settings()
    if not wanted():
        return {}
    return {
        "auth": {
            "redirect_uri": f"{str(chosen.public_url).rstrip('/')}/oauth2callback",
            "cookie_secret": secret(),
            "client_id": chosen.oidc_client_id,
            "client_secret": chosen.oidc_client_secret.get_secret_value(),
            "server_metadata_url": chosen.oidc_metadata_url,
        }
    }


@dataclass(frozen=True)
class User:
    """Who has signed in, as the provider says."""

    email: str
    verified: bool

    @property
    def allowed(self) -> bool:
        """Whether the operator lets this person in."""
        names = {name.lower().removeprefix("@") for name in settings().oidc_allowed}
        email = self.email.lower()
        return not names or (self.verified and (email in names or email.rpartition("@")[2] in names))


def signed_in(cookies: Mapping[str, str]) -> User | None:
    """The person whose sign-in these cookies prove; None for none, a forged one, or one that is too old."""

    def opened(name: str) -> bytes | None:
        days = settings().oidc_hours / 24
        return decode_signed_value(secret(), name, cookies.get(name, "").encode("latin-1", "replace"), days)

    value = get_cookie_with_chunks(opened, USER_COOKIE_NAME)
    known = json.loads(value) if value else {}
    if not known.get("is_logged_in") or known.get("origin") != settings().public_origin:
        return None
    return User(str(known.get("email") or ""), known.get("email_verified") is not False)


class SignIn:
    """401 for who has not signed in and 403 for who may not come in; a socket ends with its sign-in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        path, request = local_path(scope), HTTPConnection(scope)
        if scope["type"] == "http" and path in _OPEN:
            return await self._app(scope, receive, send)
        if scope["type"] == "http" and path == _START:
            token = encode_provider_token("default")
            address = f"{base_path()}/auth/login?provider={token}"
            return await RedirectResponse(address, 302, {"Cache-Control": "no-store"})(scope, receive, send)
        user = signed_in(request.cookies)
        if user is None:
            return await self._ask(scope, receive, send)
        if not user.allowed:
            return await self._turn_away(user, scope, receive, send)
        if scope["type"] == "websocket":
            return await self._app(scope, _until_expired(request.cookies, receive), send)
        if reads_pages(scope) and path == "/" and (link := _wanted_page(request)):
            answer = RedirectResponse(link, 303)
            answer.delete_cookie(_WANTED, path=base_path() or "/")
            return await answer(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not reads_pages(scope):
            return await refuse(scope, receive, send, 401, _ANONYMOUS)
        answer = page("Sign in to LR Lab", _ANONYMOUS, 401, ("Sign in", f"{base_path()}{_START}"))
        link = quote(f"{scope['path']}?{scope['query_string'].decode('latin-1')}", safe="")
        if scope["query_string"] and len(link) <= _WANTED_MAX:
            answer.set_cookie(
                _WANTED, link, max_age=600, path=base_path() or "/", httponly=True, samesite="lax"
            )
        return await answer(scope, receive, send)

    async def _turn_away(self, user: User, scope: Scope, receive: Receive, send: Send) -> None:
        who = user.email or "an account without an e-mail address"
        sentence = (
            f"You are signed in as {who}, which may not use this LR Lab. Sign out to try another account."
        )
        if not reads_pages(scope):
            return await refuse(scope, receive, send, 403, sentence)
        answer = page("LR Lab", sentence, 403, ("Sign out", f"{base_path()}/auth/logout"))
        return await answer(scope, receive, send)


def _wanted_page(request: HTTPConnection) -> str:
    """The page of ours that was asked for before the sign-in; never one of another site."""
    link = unquote(request.cookies.get(_WANTED, ""))
    if request.url.query or "\\" in link or link.startswith("//"):
        return ""
    return link if link.startswith(f"{base_path()}/") and link.isprintable() else ""


def _until_expired(cookies: Mapping[str, str], receive: Receive) -> Receive:
    """`receive` of a socket that ends when the sign-in has become too old, whether or not something comes."""
    checked = time.monotonic()

    async def receive_while_signed_in() -> Message:
        nonlocal checked
        message: Message | None = None
        while message is None or time.monotonic() - checked > _CHECK_AGAIN_S:
            with suppress(TimeoutError):
                message = message or await asyncio.wait_for(receive(), _CHECK_AGAIN_S)
            if time.monotonic() - checked > _CHECK_AGAIN_S:
                checked = time.monotonic()
                if signed_in(cookies) is None:
                    return {"type": "websocket.disconnect", "code": _NO_LONGER}
        return message

    return receive_while_signed_in
