"""The content security policy: what a page of ours may load and run.

Streamlit mounts a component from a blob: URL, which imports our module from `/assets`; its styles are written
into the page as it goes, so they cannot be named beforehand; its reader of messages asks for WebAssembly, and
some icons are fonts within its scripts. Everything else comes from this server.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit as st

# Where the app's root is, as `shared/frontend/address.js` says it. Streamlit reads it before it connects;
# else it asks below the page's own address first, is answered 404 twice, and the browser prints that.
ROOT_SCRIPT = 'window.__streamlit = {BACKEND_BASE_URL: new URL(".", document.baseURI).href}'
_INDEX = Path(st.__file__).parent / "static" / "index.html"


def content_policy(frames: Iterable[str], secure: bool) -> str:
    """The policy of every answer.

    Args:
        frames: the sites that may show the app in a frame.
        secure: whether the app is reached by https only.
    """
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "blob:", "'wasm-unsafe-eval'", *_inline_scripts()],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-src": ["'none'"],
        "worker-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": list(frames) or ["'none'"],
        **({"upgrade-insecure-requests": []} if secure else {}),
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in rules.items())


@cache
def _inline_scripts() -> tuple[str, ...]:
    """The hashes of what the page runs inline: Streamlit's own scripts, and ours."""
    found = re.findall(r"<script>(.*?)</script>", _INDEX.read_text(encoding="utf-8"), re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in (*found, ROOT_SCRIPT)]
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
