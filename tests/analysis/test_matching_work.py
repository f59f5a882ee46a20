"""Matching ends: how often it looks at a curve is bounded for every kind and target, also where many values
fit equally well."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from lrcore import Plan, parse_plan
from lrcore.analysis import match
from lrcore.analysis.matching.solve import minimise
from lrcore.errors import LRLabError
from lrcore.schedules import SCHEDULES

EVALUATIONS_MAX = 4_000  # the most that one of these takes is 3,000: sixty lengths of treads, each by itself
TARGETS = ("final", "budget", "half_life", "curve_log", "curve_linear")
PLANS = {
    "flat": "lr=0.1",
    "rising": "lr=0.1 LinearLR(start_factor=0.1, total_iters=900)",
    "cyclic": "lr=0.1 CyclicLR(base_lr=0.01, max_lr=0.1, step_size_up=50)",
    "no drop in the run": "lr=0.1 StepLR(step_size=5000)",
}


class EndlessError(Exception):
    """Raised from inside the search, which would otherwise go on for ever."""


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many curves were looked at; more than are allowed, or a minute of CPU without any, end the
    search."""
    count = [0]
    lr = Plan.lr

    def counted(plan: Plan, step: object, steps_per_epoch: int = 1) -> object:
        count[0] += 1
        if count[0] > EVALUATIONS_MAX:
            raise EndlessError
        return lr(plan, step, steps_per_epoch)

    def endless(*_: object) -> None:
        raise EndlessError

    monkeypatch.setattr(Plan, "lr", counted)
    before = signal.signal(signal.SIGVTALRM, endless)
    signal.setitimer(signal.ITIMER_VIRTUAL, 60)
    yield count
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize("text", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("by", TARGETS)
def test_every_kind_is_matched_or_refused_in_few_evaluations(
    text: str, by: str, evaluations: list[int]
) -> None:
    plan, found = parse_plan(text), 0
    for kind in SCHEDULES:
        evaluations[0] = 0
        try:
            match(plan, kind, by, 1000)
        except LRLabError:
            continue
        found += 1
    assert found or by == "half_life"  # a flat plan has none


def test_of_lengths_that_fit_equally_well_one_is_taken(evaluations: list[int]) -> None:
    found = match(parse_plan("lr=0.1"), "StepLR", "curve_linear", 1000)
    assert found.residual <= 1e-9
    assert 0 < evaluations[0] <= EVALUATIONS_MAX


def test_a_flat_valley_is_left_after_a_fixed_number_of_turns() -> None:
    looked: list[float] = []

    def level(share: float) -> float:
        looked.append(share)
        return 1.0

    assert 0 <= minimise(level) <= 1
    assert len(looked) < 100
