"""The one `Offload` of this server process, and what pages ask it for, in their own types."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from lrcore.analysis import By, Match, Readout, Verdict
from lrcore.analysis.as_points import AsPoints
from lrcore.analysis.bound.continuing import Way
from lrcore.analysis.bound.terms import Bound
from lrcore.analysis.clock.sharing import Sharing
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes
from lrcore.dialects.from_code import check_length
from lrcore.figures.whole_run import Points
from lrcore.offload import Offload
from lrcore.plan import Clock, Plan, parse_plan
from ui.server.turns import waiting

_lock = threading.Lock()
_offload: Offload | None = None


def start() -> Offload:
    """It, started if it is not yet: by the app's lifespan, or by a page that runs without one (AppTest)."""
    global _offload
    with _lock:
        if _offload is None:
            _offload = Offload()
        return _offload


def stop() -> None:
    """End its processes. A later `start` makes another one."""
    global _offload
    with _lock:
        if _offload is not None:
            _offload.close()
            _offload = None


def pids() -> dict[str, int]:
    """Its fork server, as `offload`, while there is one."""
    current = _offload
    pid = current.pid if current else None
    return {"offload": pid} if pid else {}


def match(plan: Plan, kind: str, by: By, run: Run, owner: str) -> Match:
    """`lrcore.analysis.match`; PlanError also where it takes too long. So do the others here."""
    found = _asked("match", plan.text, kind, by, run.steps, run.steps_per_epoch, owner=owner)
    return Match(**{**found, "plan": parse_plan(found["plan"])})


def convert(plan: Plan, clock: Clock, steps_per_epoch: int, owner: str) -> Plan:
    """`to_epochs` or `to_iterations`."""
    return parse_plan(_asked("convert", plan.text, clock, steps_per_epoch, owner=owner))


def paste(text: str, values: dict[str, float], owner: str) -> tuple[tuple[str, ...], list[Plan]]:
    """The names of what a paste does not say, and its plans once each of these has a value."""
    check_length(text)
    found = _asked("paste", text, values, owner=owner)
    return tuple(found["missing"]), [parse_plan(plan) for plan in found["plans"]]


def code(plan: Plan, dialect: str, owner: str) -> str:
    """`plan_to_code`."""
    return str(_asked("code", plan.text, dialect, owner=owner))


def latex(plan: Plan, owner: str) -> str:
    """The schedule's own `latex`."""
    return str(_asked("latex", plan.text, owner=owner))


def wrong_clock_sentence(plan: Plan, run: Run, owner: str) -> str:
    """That of `lrcore.analysis`."""
    return str(_asked("wrong_clock", plan.text, run.steps, run.steps_per_epoch, owner=owner))


def as_points(plan: Plan, run: Run, owner: str) -> AsPoints:
    """That of `lrcore.analysis`."""
    found = _asked("as_points", plan.text, run.steps, run.steps_per_epoch, owner=owner)
    return AsPoints(parse_plan(found["plan"]), found["off"])


def bound(plan: Plan, run: Run, owner: str) -> Bound:
    """`convex_bound`."""
    return Bound(**_asked("bound", plan.text, run.steps, run.steps_per_epoch, owner=owner))


def cooldowns(steps: int, owner: str) -> tuple[list[float], list[float]]:
    """`cooldown_bound` at each of its fractions, of a linear one and of 1-sqrt."""
    linear, root = _asked("cooldowns", steps, owner=owner)
    return linear, root


def ways(plan: Plan, run: Run, updates: int, owner: str) -> tuple[Way, ...]:
    """`ways_on`."""
    found = _asked("ways", plan.text, run.steps, run.steps_per_epoch, updates, owner=owner)
    return tuple(Way(**{**way, "plan": parse_plan(way["plan"])}) for way in found)


def pitfalls(plan: Plan, run: Run, owner: str) -> list[str]:
    """The sentences of `lrcore.analysis.pitfalls`."""
    return list(_asked("pitfalls", plan.text, run.steps, run.steps_per_epoch, owner=owner))


def sharing_sentence(plan: Plan, run: Run, sharing: Sharing, owner: str) -> str:
    """That of `lrcore.analysis.clock.sharing`."""
    numbers = run.steps, run.steps_per_epoch, sharing.devices, sharing.accumulation
    return str(_asked("sharing", plan.text, *numbers, owner=owner))


def csv_file(
    path: str, plans: Sequence[Plan], run: Run, every: int, metric: Sequence[float], owner: str
) -> None:
    """`curve_csv`, written into a file that is there already."""
    texts = [plan.text for plan in plans]
    _asked("csv", path, texts, run.steps, run.steps_per_epoch, every, list(metric), owner=owner)


PointsCall = tuple[str, int, int, bool, bool, int, list[float]]


def points_call(text: str, run: Run, axes: Axes, points: int, metric: Sequence[float]) -> PointsCall:
    """The arguments of a call for the points of the curve of a plan, given as text."""
    return text, run.steps, run.steps_per_epoch, axes.log_x, axes.log_y, points, list(metric)


def points(call: PointsCall, owner: str) -> Points:
    """`plan_points`."""
    x, y = _asked("points", *call, owner=owner)
    return x, y


def momentum(text: str, run: Run, owner: str) -> Points | None:
    """`sample_momentum`."""
    found = _asked("momentum", text, run.steps, run.steps_per_epoch, owner=owner)
    return None if found is None else (found[0], found[1])


Numbers = tuple[Readout, float, int | None, float]  # a row of the table of read-outs
NumbersCall = tuple[str, int, int, int, float]


def numbers_call(text: str, run: Run, at: int, below: float) -> NumbersCall:
    """The arguments of a call for the row of a plan, given as text, in the table of read-outs."""
    return text, run.steps, run.steps_per_epoch, at, below


def numbers(call: NumbersCall, owner: str) -> Numbers:
    """The read-outs, the rate at an update, the first update below a rate, the share spent by that update."""
    out, rate, under, share = _asked("numbers", *call, owner=owner)
    return Readout(**{**out, "verdict": Verdict(**out["verdict"])}), rate, under, share


def prepare(name: str, call: PointsCall | NumbersCall, owner: str) -> None:
    """Have it calculated beside others, until it is asked for."""
    start().prepare(name, *call, owner=owner)


def _asked(name: str, *arguments: Any, owner: str) -> Any:
    """JSON, whose shape is that of the function's result."""
    with waiting():
        return start().call(name, *arguments, owner=owner)
