"""Epochs and iterations: the same schedule on the other clock, and what happens when `scheduler.step()` is in
the wrong loop."""

from __future__ import annotations

from lrcore.analysis.clock.ticks import counts_ticks, with_ticks
from lrcore.analysis.crossings import drops_in, half_life
from lrcore.errors import PlanError
from lrcore.plan import Clock, Plan
from lrcore.schedules import Schedule
from lrcore.values.parameter import TICKS_MAX


def to_iterations(plan: Plan, steps_per_epoch: int) -> Plan:
    r"""The plan on the clock of updates, for $n_b$ = `steps_per_epoch` updates in an epoch.

    Every count of ticks is multiplied by $n_b$, $S_{it} = n_b S_{ep}$; rates per tick follow: $d_{it} =
    d_{ep}/n_b$ and $\gamma_{it} = \gamma_{ep}^{1/n_b}$; compositions part by part. A staircase (StepLR,
    MultiStepLR, ConstantLR) keeps its curve to the last update. A smooth schedule per epoch is a staircase of
    epochs and becomes the smooth curve through the first update of each (of Noam, which counts from 1, the
    last; OneCycleLR keeps its shares, so a peak lies at the end of its epoch). A SWALR that goes on from what
    it finds finds the rate of an update, not of an epoch, and a chain that is no plain product is followed
    update by update: their curves move a little.

    >>> from lrcore.plan import parse_plan
    >>> to_iterations(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)"), 100).text
    'lr=0.1 StepLR(step_size=3000, gamma=0.1) per iteration'

    A plan per iteration comes back as it is. PlanError where no parameters of the kind give the stretched
    curve.
    """
    return _convert(plan, "iteration", steps_per_epoch)


def to_epochs(plan: Plan, steps_per_epoch: int) -> Plan:
    r"""The plan on the clock of epochs: the inverse of `to_iterations`; counts of whole ticks must be whole
    numbers of epochs.

    >>> from lrcore.plan import parse_plan
    >>> to_epochs(parse_plan("lr=0.1 InverseTimeDecay(lr_decay=1e-4) per iteration"), 1000).text
    'lr=0.1 InverseTimeDecay(lr_decay=0.1)'
    """
    return _convert(plan, "epoch", steps_per_epoch)


def _convert(plan: Plan, clock: Clock, steps_per_epoch: int) -> Plan:
    if steps_per_epoch < 1:
        raise PlanError(f"steps_per_epoch must be at least 1, but {steps_per_epoch!r} arrived.")
    if plan.clock == clock:
        return plan
    ratio = float(steps_per_epoch) if clock == "iteration" else 1.0 / steps_per_epoch
    return Plan(base_lr=plan.base_lr, schedule=_stretch(plan.schedule, ratio), clock=clock)


def _stretch(schedule: Schedule, ratio: float) -> Schedule:
    """The schedule whose curve at `ratio` times a tick is that of this one at the tick."""
    if schedule.listens:
        raise PlanError(
            f"{schedule.kind} counts metrics, which do not come more often on another clock; it is not"
            " converted."
        )
    if (stretched := schedule.stretched(ratio)) is not None:
        return stretched
    if schedule.by_hand or not (counts_ticks(schedule) or schedule.parts()):
        raise PlanError(
            f"{schedule.kind} says itself what it counts, so it cannot be put on another clock; rewrite it,"
            " or change the clock only."
        )
    return with_ticks(
        schedule,
        ratio,
        lambda name, value: _count(schedule.kind, name, value, ratio),
        lambda part: _stretch(part, ratio),
    )


def _count(kind: str, name: str, value: int, ratio: float) -> int:
    """A whole number of ticks on the other clock."""
    if ratio >= 1:
        return value * round(ratio)
    per_epoch = round(1.0 / ratio)
    if value % per_epoch:
        raise PlanError(
            f"{kind}: {name}={value} updates are {value / per_epoch:.4g} epochs of {per_epoch} updates; "
            f"only whole epochs can be counted, so take a multiple of {per_epoch}, or stay per iteration."
        )
    return value // per_epoch


def updates_per_epoch(
    dataset_size: int, batch_size: int, accumulation: int = 1, gpus: int = 1, drop_last: bool = False
) -> int:
    r"""Optimiser updates in one pass: $\lceil \lceil \lceil D/G \rceil / B \rceil / A \rceil$; with drop_last
    all three round down.

    D = dataset_size points are split over G = gpus (as torch's DistributedSampler, which pads the shares to
    equal size, or with drop_last cuts them), B = batch_size points **per GPU** make a batch, and A =
    accumulation batches an update. The last, smaller group of batches makes an update too, as in Lightning.
    Schedules count updates, not batches.

    >>> updates_per_epoch(50_000, 128), updates_per_epoch(50_000, 128, accumulation=4, gpus=2)
    (391, 49)

    PlanError for numbers below 1, or if nothing is left for a single update.
    """
    for name, words, value in (
        ("dataset_size", "the points in the data", dataset_size),
        ("batch_size", "the batch size per GPU", batch_size),
        ("accumulation", "the batches per update", accumulation),
        ("gpus", "the number of GPUs", gpus),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= TICKS_MAX:
            raise PlanError(f"{name}, {words}, must be a whole number of at least 1, but {value!r} arrived.")
    count = dataset_size
    for divisor in (gpus, batch_size, accumulation):
        count = count // divisor if drop_last else -(-count // divisor)
    if count < 1:
        raise PlanError(
            f"{dataset_size:,} points do not fill one update of {gpus} x {batch_size} x {accumulation}; "
            "lower one of them, or keep the last batch."
        )
    return count


def wrong_clock(plan: Plan) -> Plan:
    """The ghost: the same schedule with `scheduler.step()` in the other loop, its numbers left as they are.

    >>> from lrcore.plan import parse_plan
    >>> wrong_clock(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)")).text
    'lr=0.1 StepLR(step_size=30, gamma=0.1) per iteration'
    """
    return Plan(
        base_lr=plan.base_lr, schedule=plan.schedule, clock="iteration" if plan.clock == "epoch" else "epoch"
    )


def wrong_clock_sentence(plan: Plan, steps: int, steps_per_epoch: int) -> str:
    """What the wrong loop does over N = `steps` updates, in numbers: how often it drops, and where it ends.

    >>> from lrcore.plan import parse_plan
    >>> wrong_clock_sentence(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)"), 9000, 100)
    'Stepped per iteration instead of per epoch,
    it drops 299 times instead of twice and ends at 1e-300 instead of 0.001.'
    """
    ghost = wrong_clock(plan)
    ends = [float(p.lr(steps - 1, steps_per_epoch)) for p in (ghost, plan)]
    head = f"Stepped per {ghost.clock} instead of per {plan.clock}, it"
    if steps_per_epoch == 1:
        return f"{head} does the same: an epoch is one update."
    drops = [drops_in(p, steps, steps_per_epoch) for p in (ghost, plan)]
    if drops[0] is not None and drops[1] is not None:
        times = f"drops {_times(drops[0])} instead of {_counted(drops[1])}"
    else:
        times = _halves(*(half_life(p, steps, steps_per_epoch) for p in (ghost, plan)))
    return f"{head} {times} and ends at {ends[0]:.4g} instead of {ends[1]:.4g}."


def _halves(ghost: int | None, plan: int | None) -> str:
    """When the rate is at half of its peak, there and here."""
    if ghost is None and plan is None:
        return "does not come to half of its peak either"
    then, now = ("never" if life is None else f"after {life:,} updates" for life in (ghost, plan))
    return f"falls to half {then} instead of {now}"


def _times(count: int) -> str:
    return _counted(count) + (" times" if count > 2 else "")


def _counted(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count:,}")
