"""The options of Streamlit that follow from our settings."""

from __future__ import annotations

from streamlit import config

from ui.server.settings import settings
from ui.server.signing import secret


def sites() -> frozenset[str]:
    """The origins, besides the address that was asked, whose pages are the app's or may use it."""
    chosen = settings()
    return frozenset([*chosen.allowed_origins, *([chosen.public_url] if chosen.public_url else [])])


def set_options() -> None:
    """Tell Streamlit, before its server is made, whom it may trust and what to sign its cookies with."""
    config.set_option("server.cookieSecret", secret())
    config.set_option("server.corsAllowedOrigins", sorted(sites()))
