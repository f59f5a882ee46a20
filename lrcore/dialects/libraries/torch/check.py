"""Whether a pasted composition of torch's schedulers is the plan that it reads as: torch's own parts may
disturb each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

import numpy as np

from lrcore.dialects.libraries.torch.leaf import TorchError
from lrcore.dialects.libraries.torch.steps import Steps
from lrcore.dialects.reading.values import Found
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError

_FIRST = 600  # steps that are compared one by one
_AROUND = 4  # steps on either side of a jump or bend that are compared, too
_BENDS_MAX = 40
_BENDS_OF_ONE_MAX = 8  # of one sequence of them
_FAR = 1_000_000  # no bend beyond is looked at
_SMALLER, _LARGER = 0.37, 1.9  # an optimiser's lr that is not known is taken as these, as good as any


def agreed(item: Found, lr: float, known: bool) -> float:
    """The base lr with which the plan is what torch does on an optimiser with that lr; PlanError if there is
    none.

    Where the optimiser's lr is not `known`, torch has to do the same whatever it is.
    """
    if any(part.schedule.listens for part in _leaves(item)):
        return lr
    rates = [lr] if known else [_SMALLER * lr, _LARGER * lr]
    first = Steps(item, rates[0]).group["initial_lr"]
    problem: PlanError | None = None
    for base in dict.fromkeys([lr, first]):
        differences = [_difference(item, rate, base) for rate in rates]
        if not any(differences):
            return base
        problem = problem or next(filter(None, differences))
    if not known:
        raise PlanError(
            f"Line {item.line}: {item.name} starts from the optimiser's lr, which is not pasted. Paste the"
            " optimiser line too, such as torch.optim.SGD(model.parameters(), lr=0.05), or give base_lr.",
            ("base_lr",),
        )
    assert problem is not None
    raise problem


def _difference(item: Found, lr: float, base: float) -> PlanError | None:
    """What torch does otherwise than the plan with that base lr, in a sentence."""
    steps = _steps(item)
    spend(len(steps) * len(_leaves(item)) // 5)
    want = item.schedule.lr(np.array(steps), base)
    try:
        rates = np.array(Steps(item, lr).rates(steps, lambda step: float(item.schedule.lr(step, base))))
    except TorchError as error:
        return PlanError(
            f"Line {item.line}: torch takes a {error} as the first part of a SequentialLR only, and raises"
            " NotImplementedError at its milestone; put its parts into the outer one."
        )
    size = float(np.max(np.abs(want), initial=0.0))
    wrong = np.flatnonzero(~np.isclose(rates, want[: rates.size], rtol=1e-6, atol=1e-9 * size))
    if not wrong.size:
        return None
    at = int(wrong[0])
    return PlanError(
        f"Line {item.line}: torch's parts disturb each other here: at step {steps[at]} torch has"
        f" {rates[at]:.6g}, where the parts alone give {want[at]:.6g}. {_reason(item)} Write the whole rule"
        " as one LambdaLR, or, for what the parts alone give, leave the optimiser out of the calls."
    )


def _reason(item: Found) -> str:
    kinds = [part.name for part in _leaves(item)]
    reasons = {
        "OneCycleLR": (
            "The constructor of OneCycleLR overwrites the rate that the optimiser starts with, and its"
            " highest and lowest."
        ),
        "CyclicLR": "The constructor of CyclicLR sets the optimiser's rate, from which the others go on.",
        "SWALR": (
            "Every SWALR overwrites the swa_lr of the one before, and goes on from the rate that it finds."
        ),
    }
    if len({id(part) for part in _leaves(item)}) < len(kinds):
        return "The same scheduler stands in it twice, and counts the steps of both."
    if any(part.parts for part in item.parts):
        return "torch steps the parts of an inner composition once more when the outer one is built."
    return next(
        (reasons[kind] for kind in reasons if kind in kinds),
        "Each goes on from the rate that another one left.",
    )


def _steps(item: Found) -> list[int]:
    """The first steps, and some around every place where something happens."""
    bends: Iterator[int] = chain.from_iterable(
        islice((int(step) for step in knots), _BENDS_OF_ONE_MAX) for knots in item.schedule.knots(_FAR)
    )
    near = {
        step for bend in islice(bends, _BENDS_MAX) for step in range(max(bend - _AROUND, 0), bend + _AROUND)
    }
    return sorted({*range(_FIRST), *near})


def _leaves(item: Found) -> list[Found]:
    return [leaf for part in item.parts for leaf in _leaves(part)] if item.parts else [item]
