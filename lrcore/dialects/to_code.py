"""A plan as code: the snippet of one dialect, under a line that names the plan."""

from __future__ import annotations

from lrcore.dialects.dialect import DIALECTS
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.values.value import short

HEADER = "# plan: "
_RATE_ALONE = "# the plan also drives the optimizer's momentum; this snippet sets the rate alone\n"


def plan_to_code(plan: Plan, dialect: str = "torch") -> str:
    """A snippet in that dialect that runs as it stands; PlanError if there is no such dialect.

    >>> from lrcore.plan import parse_plan
    >>> print(plan_to_code(parse_plan("lr=0.05 StepLR(step_size=30, gamma=0.1)")).splitlines()[0])
    # plan: lr=0.05 StepLR(step_size=30, gamma=0.1)
    """
    if dialect not in DIALECTS:
        raise PlanError(f"There is no dialect called {short(dialect)}; known are {', '.join(DIALECTS)}.")
    code = DIALECTS[dialect].write(plan)
    # Only the schedule's own class, built on the optimizer, moves the momentum as well; a formula does not.
    lost = plan.schedule.momentum(0) is not None and f".{plan.schedule.kind}(optimizer" not in code
    return f"{HEADER}{plan.text}\n{code}{_RATE_ALONE if lost else ''}"
