"""Signatures that only this server can make: what comes back with a good one was given out by it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from ui.server.settings import settings


@cache
def secret() -> str:
    """LRLAB_SECRET, or one of this process alone: what it signs ends with it."""
    given = settings().secret
    return given.get_secret_value() if given is not None else secrets.token_hex(32)


def sign(text: str) -> str:
    """The signature of a text, for use in a URL: 32 hexadecimal digits."""
    return hmac.new(_key(), text.encode(), hashlib.sha256).hexdigest()[:32]


def signed(text: str, signature: str) -> bool:
    """Whether the signature is that of the text; compared in constant time."""
    return hmac.compare_digest(sign(text).encode(), signature.encode("utf-8", "replace"))


@cache
def _key() -> bytes:
    # Streamlit signs its cookies with the secret itself; a label keeps the two uses apart.
    return hmac.new(secret().encode(), b"lr-lab: addresses", hashlib.sha256).digest()
