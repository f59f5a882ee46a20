"""`/metrics` for Prometheus, which sends the operator's token: `authorization: {credentials: ...}`."""

from __future__ import annotations

from prometheus_client.exposition import choose_encoder
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ui.server import engine, operators
from ui.server.assets import base_path


async def metrics(request: Request) -> Response:
    """404 where there is no token, 401 for a wrong one, otherwise the figures."""
    if not operators.wanted():
        return PlainTextResponse("Set LRLAB_OPERATOR_TOKEN to have metrics.", status_code=404)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not operators.is_operator(token.strip()):
        return PlainTextResponse(
            "The operator's token is needed: Authorization: Bearer ...",
            status_code=401,
            headers={"WWW-Authenticate": "Bearer"},
        )
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    body = await run_in_threadpool(encode, engine.metrics.registry)
    return Response(body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})


def routes() -> list[Route]:
    return [Route(f"{base_path()}/metrics", metrics)]
