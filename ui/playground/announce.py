"""What a screen reader says of a run as it happens: that it has begun, how it ended, that it was stopped."""

from __future__ import annotations

from lrcore.jobs import Race
from lrcore.results.events import Split
from lrcore.results.story import story


def announced(race: Race | None, split: Split) -> str:
    """One sentence or two for the run on the page, in the loss that is shown; the same for as long as nothing
    has become of it."""
    if race is None:
        return ""
    job, experiment = race.job, race.experiment
    if not job.ended:
        return f"Training {len(experiment.plans)} plans over {experiment.steps:,} updates."
    if job.history is None:
        return job.error or "The run ended early."
    return f"The run has ended. {story(job.experiment, job.history, split)}"
