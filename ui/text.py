"""Words that came from somewhere else, shown as they are."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    """Text for an element that renders Markdown: nothing in it is formatted, linked, loaded or drawn as an
    icon."""
    return _SPECIAL.sub(r"\\\1", text)
