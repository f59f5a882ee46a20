"""Find the plan of another kind that shares something with a given one: its end, its budget, its half-life,
or its whole curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from lrcore.analysis.crossings import half_life, peak
from lrcore.analysis.matching.fit import distance, fit, fit_staircase
from lrcore.analysis.matching.rules import defaults, exactly, free_parameters, named
from lrcore.analysis.matching.solve import ParameterAxis, solve
from lrcore.analysis.readout import final_lr
from lrcore.analysis.run import Run
from lrcore.analysis.sums.budget import budget
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import Schedule, schedule_class
from lrcore.values.value import short

By = Literal["final", "budget", "half_life", "curve_log", "curve_linear"]
_NOUN = {"final": "last rate", "budget": "budget", "half_life": "half-life"}
_EXACT = 1e-9
_DIGITS = 12  # of a parameter that was solved for
_HIGH = 3.0  # times the highest rate of the plan: a match that is no plan to train with


@dataclass(frozen=True)
class Match:
    """The plan that was found and how far it is from what it should share.

    `residual` is |b/a - 1| of the shared number, or for a curve the root mean square of the difference over
    the run: in lr for "curve_linear", in decades (log10) for "curve_log". `exact` says that the number is
    shared to 1e-9.
    """

    plan: Plan
    residual: float
    exact: bool
    sentence: str


def match(
    a: Plan,
    kind: str,
    by: By,
    steps: int,
    steps_per_epoch: int = 1,
    free: str | None = None,
    fixed: dict[str, Any] | None = None,
) -> Match:
    r"""The plan of `kind` with the base lr and the clock of `a` that shares with it what `by` says, over N =
    `steps` updates.

    "final": $\eta_{N-1}$; "budget": $\sum_{n<N} \eta_n$; "half_life": updates from the peak to half of it;
    "curve_log" and "curve_linear": least squares of log10 lr and of lr over the run. `free` is the parameter
    that is solved for (left out: the one that shapes the kind) and `fixed` sets others. With n ticks of the
    clock, $K = \lfloor (n-1)/S \rfloor$ drops and $r = \eta_{n-1}/\eta_0$, these are formulas: StepLR $\gamma
    = r^{1/K}$, ExponentialLR $\gamma = r^{1/(n-1)}$, inverse time $d = (1/r - 1)/(n-1)$, hence from StepLR $d
    = (\gamma^{-K} - 1)/(n-1)$ and back $\gamma = (1 + d(n-1))^{-1/K}$, power law $p = -\ln r / \ln n$;
    half-life H: $d = 1/H$, $\gamma = 2^{-1/H}$, StepLR S = H. Others by bisection.

    >>> from lrcore.plan import parse_plan
    >>> a = parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)")
    >>> match(a, "InverseTimeDecay", "final", 90).plan.text
    'lr=0.1 InverseTimeDecay(lr_decay=1.11235955056)'

    Raises PlanError, with what is possible, if no value of the parameter does it.
    """
    cls = schedule_class(kind)
    if by not in get_args(By):
        raise PlanError(
            f"Two plans are matched by one of {', '.join(get_args(By))}, but {short(by)} arrived."
        )
    if cls.listens or a.schedule.listens:
        raise PlanError(
            "A schedule that follows a metric has no curve before it is trained, so nothing can be matched"
            " to it."
        )
    a.lr(0, steps_per_epoch)
    if steps < 2:
        raise PlanError(f"Two plans are matched over at least 2 steps, but {steps!r} arrived.")
    run = Run.of(steps, steps_per_epoch)
    names = [free] if free else free_parameters(cls, by, fixed)
    errors: list[PlanError] = []
    for name in names:
        try:
            return _solved(a, cls, by, run, name, fixed or {}, free is None)
        except PlanError as error:
            errors.append(error)
    raise errors[0]


def _solved(
    a: Plan,
    cls: type[Schedule],
    by: By,
    run: Run,
    name: str,
    fixed: dict[str, Any],
    choose: bool,
) -> Match:
    ticks = run.ticks(a.clock)
    if name in fixed:
        raise PlanError(
            f"{cls.kind}: {name} is solved for and cannot be fixed too; leave it out of one of them."
        )
    given = {**defaults(cls, ticks, name), **fixed}
    axis = ParameterAxis.of(cls, name, ticks, a.base_lr)

    def make(value: Any) -> Plan:
        return _plan(a, cls, {**given, name: value})

    if by in ("curve_log", "curve_linear"):
        gap = distance(a, by == "curve_log", run)
        tread = named(cls, "tread")
        if tread is not None and choose and tread != name and tread not in fixed:
            plan = fit_staircase(
                gap, lambda size, factor: _plan(a, cls, {**given, tread: size, name: factor}), ticks, axis
            )
        else:
            plan = make(fit(lambda x: gap(make(x)), axis))
        residual = gap(plan)
        unit = "decades" if by == "curve_log" else "lr"
        text = (
            f"{cls.kind} comes closest with {residual:.3g} {unit} of root mean square distance over"
            f" {run.steps:,} updates."
        )
        exact = residual <= _EXACT * (1.0 if by == "curve_log" else a.base_lr)
        return Match(plan, residual, exact, text + _higher(a, plan, run))
    target = _measure(a, by, run)
    if target is None or not math.isfinite(target):
        raise PlanError(
            f"The first plan has no {_NOUN[by]} within {run.steps:,} updates; match something else, or"
            " lengthen the run."
        )
    goal = target / run.stride(a.clock) if by == "half_life" else target
    value = exactly(cls, by, name, given, a.base_lr, goal, ticks)
    if value is None:
        value = solve(lambda x: _measure(make(x), by, run), target, axis, f"{cls.kind}: {name}", _NOUN[by])

    def missed(plan: Plan) -> float:
        reached = _measure(plan, by, run)
        return math.inf if reached is None else abs(reached / target - 1.0) if target else abs(reached)

    plan = make(value)
    if isinstance(value, float):  # the rounding of a formula or a bisection is nothing that anybody wants
        rounded = make(float(f"{value:.{_DIGITS}g}"))
        plan = rounded if missed(rounded) <= max(_EXACT, missed(plan)) else plan
    residual = missed(plan)
    sentence = _sentence(a, plan, by, target, _measure(plan, by, run), residual, run)
    return Match(plan, residual, residual <= _EXACT, sentence + _higher(a, plan, run))


def _higher(a: Plan, b: Plan, run: Run) -> str:
    """A warning where what they share takes rates that the first plan never has."""
    top_a, top_b = (peak(plan, run.steps, run.steps_per_epoch).lr for plan in (a, b))
    if not top_b > _HIGH * top_a:
        return ""
    times = f", {top_b / top_a:,.3g} times that of the first plan" if top_a > 0 else ""
    return f" Its highest rate is {top_b:.4g}{times}: it may not train."


def _plan(a: Plan, cls: type[Schedule], given: dict[str, Any]) -> Plan:
    return Plan(base_lr=a.base_lr, schedule=cls(**given), clock=a.clock)


def _measure(plan: Plan, by: str, run: Run) -> float | None:
    if by == "final":
        return final_lr(plan, run.steps, run.steps_per_epoch)
    if by == "budget":
        return budget(plan, run.steps, run.steps_per_epoch).total
    found = half_life(plan, run.steps, run.steps_per_epoch)
    return None if found is None else float(found)


def _sentence(
    a: Plan, b: Plan, by: str, target: float, reached: float | None, residual: float, run: Run
) -> str:
    """What they share, and what they therefore do not: the end or the area, not both."""
    shown = "none within the run" if reached is None else f"{reached:.6g}"
    text = f"Both share the {_NOUN[by]} {shown}"
    if residual > _EXACT:
        text = (
            f"The {_NOUN[by]} becomes {shown}, {100 * residual:.2g} % from the {target:.6g} that was wanted"
        )
    length = run.steps, run.steps_per_epoch
    end_a, end_b = (final_lr(plan, *length) for plan in (a, b))
    sum_a, sum_b = (budget(plan, *length).total for plan in (a, b))
    if by == "final":
        return f"{text}; the budgets are {sum_a:.4g} and {sum_b:.4g} lr x updates."
    top_a, top_b = (peak(plan, *length).lr for plan in (a, b))
    ends = (
        f"they end at {end_a / top_a if top_a else 0:.3g} and {end_b / top_b if top_b else 0:.3g} of their"
        " peaks"
    )
    return (
        f"{text}; {ends}."
        if by == "budget"
        else f"{text} updates; {ends}, with budgets of {sum_a:.4g} and {sum_b:.4g}."
    )
