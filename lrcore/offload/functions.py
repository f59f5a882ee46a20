"""What may be asked for outside the web process, by name: plain JSON in, plain JSON out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from lrcore.analysis import (
    budget_share,
    first_below,
    lr_at,
    match,
    readout,
    to_epochs,
    to_iterations,
    wrong_clock_sentence,
)
from lrcore.analysis.as_points import as_points
from lrcore.analysis.bound.continuing import ways_on
from lrcore.analysis.bound.cooldown import FRACTIONS, cooldown_bound
from lrcore.analysis.bound.terms import convex_bound
from lrcore.analysis.clock.sharing import Sharing, sharing_sentence
from lrcore.analysis.matching.match import By
from lrcore.analysis.pitfalls.found import pitfalls
from lrcore.analysis.run import Run
from lrcore.analysis.table import curve_csv
from lrcore.analysis.vertices import Axes, sample_momentum
from lrcore.dialects import plan_to_code
from lrcore.dialects.paste import missing_values, plans_from_paste
from lrcore.figures.whole_run import plan_points
from lrcore.plan import Clock, parse_plan

Json = None | bool | int | float | str | Sequence["Json"] | dict[str, "Json"]


@dataclass(frozen=True)
class Function:
    """Something to ask for, and what its asker can do if it takes too long."""

    call: Callable[..., Json]
    advice: str


def _match(plan: str, kind: str, by: By, steps: int, steps_per_epoch: int) -> Json:
    found = match(parse_plan(plan), kind, by, steps, steps_per_epoch)
    return {
        "plan": found.plan.text,
        "residual": found.residual,
        "exact": found.exact,
        "sentence": found.sentence,
    }


def _convert(plan: str, clock: Clock, steps_per_epoch: int) -> Json:
    return (to_epochs if clock == "epoch" else to_iterations)(parse_plan(plan), steps_per_epoch).text


def _paste(text: str, values: dict[str, float]) -> Json:
    """The names of what the text does not say, and its plans once all of these have a value."""
    missing = missing_values(text)
    given = {name: value for name, value in values.items() if name in missing}
    plans = plans_from_paste(text, values=given) if len(given) == len(missing) else []
    return {"missing": list(missing), "plans": [plan.text for plan in plans]}


def _code(plan: str, dialect: str) -> Json:
    return plan_to_code(parse_plan(plan), dialect)


def _latex(plan: str) -> Json:
    made = parse_plan(plan)
    return made.schedule.latex(made.base_lr)


def _points(
    plan: str, steps: int, steps_per_epoch: int, log_x: bool, log_y: bool, points: int, metric: list[float]
) -> Json:
    axes, run = Axes(log_x=log_x, log_y=log_y), Run(steps=steps, steps_per_epoch=steps_per_epoch)
    return plan_points(parse_plan(plan), run, axes, points, tuple(metric))


def _momentum(plan: str, steps: int, steps_per_epoch: int) -> Json:
    found = sample_momentum(parse_plan(plan), steps, steps_per_epoch)
    return None if found is None else [part.tolist() for part in found]


def _numbers(plan: str, steps: int, steps_per_epoch: int, at: int, below: float) -> Json:
    """The row of a table of read-outs."""
    made = parse_plan(plan)
    return [
        asdict(readout(made, steps, steps_per_epoch)),
        lr_at(made, at, steps_per_epoch),
        first_below(made, below, steps, steps_per_epoch),
        float(budget_share(made, at, steps, steps_per_epoch)),
    ]


def _as_points(plan: str, steps: int, steps_per_epoch: int) -> Json:
    made = as_points(parse_plan(plan), steps, steps_per_epoch)
    return {"plan": made.plan.text, "off": made.off}


def _wrong_clock(plan: str, steps: int, steps_per_epoch: int) -> Json:
    return wrong_clock_sentence(parse_plan(plan), steps, steps_per_epoch)


def _bound(plan: str, steps: int, steps_per_epoch: int) -> Json:
    return asdict(convex_bound(parse_plan(plan), steps, steps_per_epoch))


def _cooldowns(steps: int) -> Json:
    """The bounds of the two shapes at each of `FRACTIONS`."""
    linear = [cooldown_bound(steps, fraction) for fraction in FRACTIONS]
    return [linear, [cooldown_bound(steps, fraction, "1-sqrt") for fraction in FRACTIONS]]


def _ways(plan: str, steps: int, steps_per_epoch: int, updates: int) -> Json:
    found = ways_on(parse_plan(plan), Run(steps=steps, steps_per_epoch=steps_per_epoch), updates)
    return [{**asdict(way), "plan": way.plan.text} for way in found]


def _pitfalls(plan: str, steps: int, steps_per_epoch: int) -> Json:
    return [one.sentence for one in pitfalls(parse_plan(plan), steps, steps_per_epoch)]


def _sharing(plan: str, steps: int, steps_per_epoch: int, devices: int, accumulation: int) -> Json:
    shared = Sharing(devices=devices, accumulation=accumulation)
    return sharing_sentence(parse_plan(plan), Run.of(steps, steps_per_epoch), shared)


def _csv(
    path: str, plans: list[str], steps: int, steps_per_epoch: int, every: int, metric: list[float]
) -> Json:
    run = Run(steps=steps, steps_per_epoch=steps_per_epoch)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(curve_csv([parse_plan(plan) for plan in plans], run, every, metric))
    return None


_SHORTER = "Shorten the run, or simplify the plan."
FUNCTIONS = {
    "match": Function(_match, _SHORTER),
    "convert": Function(_convert, "Simplify the plan."),
    "paste": Function(_paste, "Paste the part with the schedule."),
    "code": Function(_code, "Simplify the plan."),
    "latex": Function(_latex, "Simplify the plan."),
    "points": Function(_points, _SHORTER),
    "momentum": Function(_momentum, _SHORTER),
    "numbers": Function(_numbers, _SHORTER),
    "as_points": Function(_as_points, _SHORTER),
    "wrong_clock": Function(_wrong_clock, _SHORTER),
    "bound": Function(_bound, _SHORTER),
    "cooldowns": Function(_cooldowns, "Shorten the run."),
    "ways": Function(_ways, _SHORTER),
    "pitfalls": Function(_pitfalls, _SHORTER),
    "sharing": Function(_sharing, _SHORTER),
    "csv": Function(_csv, "Take fewer rows."),
}
