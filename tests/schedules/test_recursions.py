"""Recursions are followed once: what a curve costs, counted in steps; that the rates are those of a plain
loop, whoever asks for which steps in which order; and that no step beyond is looked at."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis.vertices import Axes, sample
from lrcore.errors import PlanError
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.lambda_lr import MultiplicativeLR
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes import chains
from lrcore.schedules.shapes.chains import follow
from tests.profiles import examples

STEPS = 1_000_000


def maps(steps: FloatArray) -> tuple[FloatArray, FloatArray]:
    return 0.5 + 0.5 * np.cos(steps), np.sin(steps) ** 2


def looped(first: int, last: int, start: float) -> dict[int, float]:
    found, rate = {}, start
    for step in range(first, last + 1):
        keep, add = maps(np.array([float(step)]))
        found[step] = rate = float(keep[0]) * rate + float(add[0])
    return found


@examples(60)
@given(
    steps=st.lists(st.lists(st.integers(0, 400), min_size=1, max_size=60), min_size=1, max_size=3),
    first=st.integers(0, 130),
    start=st.floats(0, 2),
)
def test_it_is_the_plain_loop_whoever_asks_for_what(steps: list[list[int]], first: int, start: float) -> None:
    which = object()  # nobody has followed this one before
    for asked in steps:
        t = np.array(asked, dtype=np.float64) + first
        want = looped(first, int(t.max()), start)
        got = follow(maps, t, "It", which, start, first)
        np.testing.assert_allclose(got, [want[int(step)] for step in t], rtol=1e-12, atol=1e-300)


def test_a_number_does_not_depend_on_what_else_is_asked_for() -> None:
    alone = follow(maps, np.array([777.0]), "It", object())
    among = follow(maps, np.arange(40_000.0).reshape(200, 200), "It", object())
    assert among.shape == (200, 200)
    assert among.ravel()[777] == alone[0]


def test_few_recursions_are_kept_however_short_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = chains._Kept(count_max=3, nbytes_max=1_000_000)
    monkeypatch.setattr(chains, "_kept", kept)
    for number in range(10):
        follow(maps, np.arange(50.0), "It", number)
    assert len(kept) == 3
    follow(maps, np.arange(200_000.0), "It", "a long one")
    assert len(kept) == 3
    follow(maps, np.arange(10_000_000.0, step=64.0), "It", "one beyond all bytes")
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("cls", "text"),
    [
        (MultiplicativeLR, "lr=0.1 MultiplicativeLR('0.3 if epoch % 1000 == 0 else 1') per iteration"),
        (MultiplicativeLR, "lr=0.1 MultiplicativeLR('1 - 1e-7 * sin(epoch)') per iteration"),
        (
            ChainedScheduler,
            "lr=0.1 ChainedScheduler([CosineAnnealingLR(T_max=9999, eta_min=0.01), ExponentialLR(0.99999)])"
            " per iteration",
        ),
    ],
)
def test_a_curve_follows_its_recursion_once(
    cls: type[MultiplicativeLR | ChainedScheduler], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, update = [0], cls.update

    def counted(schedule: object, step: FloatArray, base_lr: float) -> tuple[FloatArray, FloatArray]:
        looked[0] += np.asarray(step).size
        return update(schedule, step, base_lr)

    monkeypatch.setattr(cls, "update", counted)
    plan = parse_plan(text)
    sample(plan, STEPS)
    assert STEPS - 64 <= looked[0] <= 3 * STEPS  # refined 20 to 60 times, each from what is kept
    followed, looked[0] = looked[0], 0
    sample(plan, STEPS, axes=Axes(log_y=True))
    assert looked[0] < followed - STEPS / 2  # not from its beginning again


def test_no_step_beyond_the_last_is_looked_at() -> None:
    ends = parse_plan("lr=0.1 MultiplicativeLR('1 + 0 * sqrt(100 - epoch)')")
    assert ends.lr(100) == ends.lr(np.arange(101))[-1] == 0.1
    with pytest.raises(PlanError, match="at step 101"):
        ends.lr(101)


def test_threads_may_follow_one_recursion() -> None:
    which, wrong = object(), []
    want = follow(maps, np.arange(20_000.0), "It", object())

    def look(seed: int) -> None:
        steps = np.random.default_rng(seed).integers(0, 20_000, 50).astype(np.float64)
        for part in np.array_split(steps, 10):
            got = follow(maps, part, "It", which)
            wrong.extend(got[got != want[part.astype(int)]])

    threads = [threading.Thread(target=look, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
