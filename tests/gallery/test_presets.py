"""Published recipes: each can be drawn, and what its note says of its end is so."""

from __future__ import annotations

import pytest

from lrcore.figures.whole_run import curves_figure
from lrcore.gallery.presets import PRESETS, Preset


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_draws_and_ends_as_it_says(preset: Preset) -> None:
    shown = curves_figure(preset.plans, preset.horizon, log_y=preset.log_y)
    assert not shown.missing
    assert len(shown.figure["data"]) == len(preset.plans)


def test_the_adain_preset_shares_its_ends() -> None:
    preset = PRESETS["adain"]
    ends = [float(plan.lr(preset.horizon.steps - 1)) for plan in preset.plans]
    assert ends == pytest.approx([1e-4 / 9] * 4, rel=1e-3)
