"""What an operator wants to know, in words: the content of the Status page."""

from __future__ import annotations

from pydantic import SecretStr

from lrcore import links
from lrcore.experiment import Experiment
from lrcore.jobs import Job
from ui.server.job_log import short
from ui.server.settings import settings
from ui.server.settings_text import variable

_PLANS_SHOWN = 3


def in_words(experiment: Experiment) -> str:
    """An experiment in one line: its plans, its data and its size."""
    plans = [str(plan) for plan in experiment.plans[:_PLANS_SHOWN]]
    if (more := len(experiment.plans) - len(plans)) > 0:
        plans.append(f"{more} more")
    seeds = "1 seed" if experiment.seeds == 1 else f"{experiment.seeds} seeds"
    data = links.to_params(experiment)["data"][0]
    return f"{' / '.join(plans)} on {data}, {experiment.steps:,} updates, {seeds}"


def since(job: Job, moment: float | None) -> float:
    """Seconds since a moment on the job's own clock."""
    return 0.0 if moment is None else max(0.0, job.clock() - moment)


def owners(job: Job) -> str:
    """Who wants a job, shortened as in the log."""
    return ", ".join(sorted(short(owner) for owner in list(job.owners))) or "nobody"


def settings_in_words() -> dict[str, str]:
    """Every setting by its variable; of a secret, only whether it is set."""
    return {variable(name): _shown(getattr(settings(), name)) for name in type(settings()).model_fields}


def _shown(value: object) -> str:
    match value:
        case SecretStr():
            return "set, and not shown" if value.get_secret_value() else "not set"
        case tuple():
            return ", ".join(map(str, value)) or "not set"
    return "not set" if value in (None, "") else str(value)
