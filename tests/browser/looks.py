"""What a picture of a page has to show: its words, each plan's line, and the ground of its theme."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from lrcore.figures.theme import color
from tests.browser.conftest import ROOT

looks = pytest.mark.parametrize(
    ("name", "scheme", "width"), [("light", "light", 1400), ("dark", "dark", 1400), ("narrow", "light", 390)]
)
LINE = 100  # pixels of a line's own colour, beside those that are blended with the ground


def assert_looks(page: Page, heading: str, plans: int, name: str, folder: Path) -> None:
    """Take the picture `name` and look at it; SCREENSHOTS keeps it in docs/."""
    expect(page.get_by_role("heading", name=heading)).to_be_in_viewport(ratio=1)
    page.evaluate("document.fonts.ready")
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is wider than the window"
    target = (ROOT / "docs" if os.environ.get("SCREENSHOTS") else folder) / f"{name}.png"
    page.screenshot(path=target)
    with Image.open(target) as picture:
        pixels = Counter(picture.convert("RGB").get_flattened_data())
    assert picture.width == width
    for plan in range(plans):
        assert pixels[_rgb(color(plan))] > LINE, f"the line of plan {plan + 1} is in the picture"
    ground, area = pixels.most_common(1)[0]
    assert area > sum(pixels.values()) / 2
    assert max(ground) < 50 if name.endswith("dark") else min(ground) > 240
    ink = sum(
        count
        for shade, count in pixels.items()
        if abs(sum(shade) - sum(ground)) > 500 and max(shade) - min(shade) < 40
    )
    assert ink > 1000, "words are written in a colour far from that of the ground"


def _rgb(text: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(text.removeprefix("#")))
