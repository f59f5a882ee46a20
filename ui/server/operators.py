"""Who operates this server: whoever knows LRLAB_OPERATOR_TOKEN. Without such a token nobody does, and there
is neither a page nor a route for them."""

from __future__ import annotations

import hmac

from ui.server.settings import settings


def wanted() -> bool:
    """Whether there is anything for operators at all."""
    return settings().operator_token is not None


def is_operator(token: str) -> bool:
    """Whether this is the operator's token; compared in a time that does not depend on it."""
    known = settings().operator_token
    return known is not None and hmac.compare_digest(
        token.encode(errors="surrogateescape"), known.get_secret_value().encode()
    )
