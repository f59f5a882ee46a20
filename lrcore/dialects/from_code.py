"""Code as plans: a snippet of our own by its header, a plan's own text, or a script that is read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lrcore.dialects.dialect import DIALECTS
from lrcore.dialects.reading.work import limited_work
from lrcore.dialects.script import plans_of_script
from lrcore.dialects.to_code import HEADER
from lrcore.errors import PlanError
from lrcore.plan import Plan, parse_plan
from lrcore.text.parser import parse
from lrcore.values.value import short

CODE_MAX = 100_000  # characters of one paste


def check_length(code: str) -> None:
    """PlanError for a text that is too long to be read."""
    if len(code) > CODE_MAX:
        raise PlanError(
            f"This text has {len(code):,} characters; at most {CODE_MAX:,} are read. Paste the part with the"
            " schedule."
        )


def plan_from_code(
    code: str, base_lr: float | None = None, values: Mapping[str, float] | None = None
) -> Plan:
    """The plan of a pasted schedule, as it stands in a training script; or of a plan's own text.

    The base lr is `base_lr`, or that of an optimiser line in the paste, or the schedule's own (keras, optax).
    PlanError says which line could not be understood, or that there are several schedules (`plans_from_code`
    reads them all). Where only values are missing, its `missing` names them, and `values` gives them:
    {"lr_decay": 5e-5}.

    >>> plan_from_code("optimizer = SGD(w, lr=0.05)\\nStepLR(optimizer, 30)").text
    'lr=0.05 StepLR(step_size=30, gamma=0.1)'
    """
    plans = _read(code, base_lr, values)
    if len(plans) > 1:
        lines = ", ".join(str(line) for line, _ in plans)
        raise PlanError(
            f"This paste holds {len(plans)} schedules (lines {lines}); leave the one that you want, or join"
            " them: ChainedScheduler([...]) multiplies them, SequentialLR([...], milestones=[...]) runs one"
            " after another."
        )
    return plans[0][1]


def plans_from_code(
    code: str, base_lr: float | None = None, values: Mapping[str, float] | None = None
) -> list[Plan]:
    """Every schedule of a paste as a plan, in their order; otherwise as `plan_from_code`.

    >>> code = "o = SGD(w, lr=0.05)\\nStepLR(o, 30)\\nExponentialLR(o, 0.9)"
    >>> [plan.schedule.kind for plan in plans_from_code(code)]
    ['StepLR', 'ExponentialLR']
    """
    return [plan for _, plan in _read(code, base_lr, values)]


def _read(code: str, base_lr: float | None, values: Mapping[str, float] | None) -> list[tuple[int, Plan]]:
    """The plans with the lines that they stand in."""
    if not isinstance(code, str):
        raise PlanError(f"Code is read from text, but {short(code)} arrived.")
    check_length(code)
    if base_lr is not None and (
        isinstance(base_lr, bool) or not isinstance(base_lr, (int, float)) or not 0 < base_lr < np.inf
    ):
        raise PlanError(f"base_lr must be a number above 0, but {short(base_lr)} arrived.")
    given = _values(values)
    base_lr = given.pop("base_lr", None) if base_lr is None else base_lr
    header = next((line[len(HEADER) :] for line in code.splitlines() if line.startswith(HEADER)), None)
    with limited_work():
        if header is not None:
            return _with_header(code, parse_plan(header), base_lr, given)
        return _without_header(code, base_lr, given)


def _values(values: Mapping[str, float] | None) -> dict[str, float]:
    """The given values, whole numbers as such: a form's number field gives 30.0 for a step size."""
    made: dict[str, float] = {}
    for name, value in (values or {}).items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
            raise PlanError(f"The value of {name} must be a finite number, but {short(value)} arrived.")
        if name == "base_lr" and value <= 0:
            raise PlanError(f"base_lr must be a number above 0, but {short(value)} arrived.")
        made[name] = int(value) if float(value).is_integer() else value
    return made


def _with_header(
    code: str, plan: Plan, base_lr: float | None, values: Mapping[str, float]
) -> list[tuple[int, Plan]]:
    """Our own export names its plan. The name counts as long as the code under it still says the same."""
    bare = "\n".join(line.rstrip() for line in code.splitlines())
    for dialect in DIALECTS.values():
        try:
            written = dialect.write(plan)
        except PlanError:
            continue
        if written.strip() in bare:
            return [(1, plan)]
    # The header's line stays as an empty one, so that messages name the right lines.
    body = "\n".join("" if line.startswith(HEADER) else line for line in code.splitlines())
    plans = _without_header(body, base_lr, values)
    return [(1, plan)] if len(plans) == 1 and _same(plans[0][1], plan) else plans


def _same(one: Plan, other: Plan) -> bool:
    if one.schedule.listens or other.schedule.listens:
        return one.schedule == other.schedule and one.base_lr == other.base_lr
    steps = np.unique(np.concatenate([np.arange(1000), np.geomspace(1000, 1e6, 50).astype(np.int64)]))
    try:
        rates = one.schedule.lr(steps, one.base_lr)
        return np.allclose(rates, other.schedule.lr(steps, other.base_lr), rtol=1e-9, atol=1e-300)
    except PlanError:
        return one == other


def _without_header(code: str, base_lr: float | None, values: Mapping[str, float]) -> list[tuple[int, Plan]]:
    if code.strip().startswith("lr") and (plan := _own_text(code)) is not None:
        return [(1, plan)]
    return plans_of_script(code, base_lr, values)


def _own_text(code: str) -> Plan | None:
    """A plan's own text form; None if it is something else, such as `lr = 0.1 / (1 + d * t)`."""
    try:
        return parse_plan(code)
    except PlanError as error:
        try:
            parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise error from None
        return None
