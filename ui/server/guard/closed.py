"""What Streamlit serves and this app does not use: it is not there."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.guard.answers import local_path, refuse

_METHODS = ("GET", "HEAD", "OPTIONS")  # no page has an uploader: nothing is ever put, posted or deleted
_CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/upload_file")


class ClosedDoors:
    """405 for what would change something, 404 for Streamlit's uploads, its metrics and its agents' door."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["method"] not in _METHODS:
                allowed = ", ".join(_METHODS)
                return await refuse(
                    scope, receive, send, 405, f"Only {allowed} are answered here.", {"Allow": allowed}
                )
            path = local_path(scope)
            if any(path == door or path.startswith(f"{door}/") for door in _CLOSED):
                return await refuse(scope, receive, send, 404, "There is nothing here.")
        return await self._app(scope, receive, send)
