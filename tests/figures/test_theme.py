"""The colours of the lines: seen on both grounds, and the same wherever they are named."""

from __future__ import annotations

import tomllib

import pytest

from lrcore.figures.theme import COLORS
from tests.source import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]


def luminance(color: str) -> float:
    """Relative luminance of sRGB; source: WCAG 2.2."""
    shares = [part / 255 for part in bytes.fromhex(color.removeprefix("#"))]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("color", COLORS)
def test_a_line_stands_out_from_the_ground(color: str, scheme: str) -> None:
    assert contrast(color, CONFIG[scheme]["backgroundColor"]) >= 3, "WCAG 1.4.11"


def test_streamlits_own_charts_have_the_same_colours() -> None:
    assert tuple(CONFIG["chartCategoricalColors"]) == COLORS
