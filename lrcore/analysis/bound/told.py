"""The ways to go on with a run in words and digits, as a table and a sentence below it say them."""

from __future__ import annotations

from collections.abc import Sequence

from lrcore.analysis.bound.continuing import Kind, Way

NAMES: dict[Kind, str] = {
    "library": "the plan as it is",
    "held": "last rate kept",
    "unchanged": "highest rate, short cooldown",
    "two-stage": "lower second stage",
    "longer": "highest rate, long cooldown",
    "fresh": "new run, straight to 0",
}
_MEASURED: tuple[Kind, ...] = ("longer", "two-stage", "unchanged")  # the lowest loss first


def told(way: Way) -> str:
    """The name of a way with its number."""
    if way.number is None:
        return NAMES[way.kind]
    if way.kind == "two-stage":
        return f"{NAMES[way.kind]} ({way.number:.3g} x the highest rate)"
    return f"{NAMES[way.kind]} (last {100 * way.number:.0f} %)"


def against_fresh(ways: Sequence[Way]) -> dict[Kind, str]:
    """The bound of each way against that of the fresh run; one that the bound says nothing of has a dash."""
    fresh = ways[-1].bound or 1.0
    return {way.kind: "–" if way.bound is None else f"{way.bound / fresh:.3f}" for way in ways}


def order_told(ways: Sequence[Way]) -> str:
    """Whether the bounds, as `against_fresh` shows them, order three of the ways as they came out in runs of
    language models; "" where one of the three is missing, or the bound says nothing of it.

    Source: Schaipp et al., arXiv 2501.18965, section 5.1.
    """
    shown = against_fresh(ways)
    three = [shown.get(kind, "–") for kind in _MEASURED]
    if "–" in three:
        return ""
    long, staged, short = map(float, three)
    same = long < staged < short
    order = "have the same order as the table" if same else "have another order than the table"
    return (
        f"Measured losses {order}: two language models (124M and 210M parameters) were continued from 50,000"
        " to 100,000 updates; a long cooldown ended lowest, then a lower second stage, then a short cooldown."
    )
