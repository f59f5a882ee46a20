"""How much one job, one visitor, one address and all together may take of the workers."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.errors import JobError
from lrcore.experiment import Experiment
from lrcore.values import limits

_LESS = "Take fewer steps, seeds or plans, a smaller model or a smaller batch."


@dataclass(frozen=True)
class Limits:
    """The board's bounds. Times are in seconds; a session is an owner of jobs, such as a browser's tab.

    One job: `members`, `steps`, `cost_s` of estimated training on one core, `memory_mb` of estimated memory,
    and `wall_s` by the clock, after which it is ended.

    Waiting: `session_queued`, `address_queued` and `queued` jobs of one session, of one address and of all.
    Running: `session_running` of one session; an address may hold `address_share` of the slots (one at least)
    while anybody else waits.

    A job of more than `short_s` is long: it never gets the last slot. A running job that nobody wants any
    more, because something newer took its place, is kept to its end if that is `finish_s` away, or if it is
    short and past its half. A job is ended when its owners have left and nobody has watched it for
    `unwatched_s`. What has waited for less than `rest_s` comes after what has waited longer.
    """

    members: int = limits.PLANS_MAX * limits.SEEDS_MAX
    steps: int = limits.STEPS_MAX
    cost_s: float = limits.COST_MAX_S
    memory_mb: float = 2048
    wall_s: float = 1800.0
    session_running: int = 1
    session_queued: int = 3
    address_share: float = 0.5
    address_queued: int = 120
    queued: int = 200
    short_s: float = 20.0
    finish_s: float = 2.0
    unwatched_s: float = 30.0
    rest_s: float = 0.5

    def check(self, experiment: Experiment) -> None:
        """Raises JobError for an experiment that is larger than one job may be."""
        for value, most, what in (
            (experiment.members, self.members, "networks (plans times seeds)"),
            (experiment.steps, self.steps, "updates"),
            (experiment.estimated_seconds, self.cost_s, "seconds of training (estimated)"),
            (experiment.estimated_mb, self.memory_mb, "MB of memory (estimated)"),
        ):
            if value > most:
                raise JobError(
                    f"This experiment takes {value:,.0f} {what}, and no more than {most:,.0f} are"
                    f" allowed here. {_LESS}"
                )
