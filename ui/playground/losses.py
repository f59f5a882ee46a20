"""The losses of a race, with what was predicted of them, and of what is moved next."""

from __future__ import annotations

from lrcore.experiment import Experiment
from lrcore.figures.losses import loss_figure
from lrcore.jobs import Job, Race
from lrcore.prediction import Collapse, noise_sentence, score
from lrcore.results.axes import LossAxis
from ui.components.chart import ChartDrag, Overlay, chart
from ui.playground import PAGE
from ui.playground.announce import announced
from ui.playground.job import live_chart
from ui.server import engine
from ui.server.loss_axes import FOLLOWED_MS, axis_of, cursor_group
from ui.server.predictions import Foretold, foretell, key_to_read, told_by
from ui.session.session import session
from ui.session.workbench import View


def show_losses(race: Race | None, experiment: Experiment, view: View) -> None:
    """The loss chart: it follows the race, and a slider that is dragged with what is predicted of it."""
    raced = race.job.experiment if race else experiment
    axis = axis_of(raced, view.loss_axis)
    chart(
        loss_figure(raced.plans, raced.steps, [], view.split, axis),
        key="loss",
        height="var(--loss-height)",
        live=live_chart(race, view.split, axis.name if axis else "updates"),
        alt=(
            f"Loss of {len(raced.plans)} plans over {raced.steps} updates, median and 10-90 % band over"
            f" {raced.seeds} seeds"
        ),
        say=announced(race, view.split),
        config={"cursor_group": cursor_group(axis)},
        drag=ChartDrag(PAGE, session().released),
        overlay=_overlay(race, experiment, view, axis),
    )


def key_of_run(race: Race | None) -> str:
    """The key to the run from which the next move is predicted: the one that is shown or, while that one
    trains, the one before it."""
    if race and race.shown.history is not None:
        return key_to_read(race.shown)
    run = engine.board().job(session().predicted_from)
    return "" if run is None else key_to_read(run)


def _overlay(race: Race | None, experiment: Experiment, view: View, axis: LossAxis | None) -> Overlay:
    """What was predicted of the plans that have been moved; when their race has ended, how well."""
    name, before = axis.name if axis else "updates", session().predicted_from
    shown = race.shown if race and race.shown.history is not None else None
    if session().dragging:  # step by step through the script, where there is no socket
        told = told_by(shown.id if shown else before, view.split)
        foretold = foretell(told, experiment, FOLLOWED_MS)
        return Overlay(foretold.traces(name), note=foretold.note)
    foretold = Foretold(race.experiment if race else experiment)
    if before:
        foretold = foretell(told_by(before, view.split), foretold.experiment, FOLLOWED_MS)
    if shown is None or shown.history is None:
        return Overlay(foretold.traces(name), note=foretold.note)
    noise = _of_the_axis(shown, view, axis)
    if not foretold.plans:  # why not is no matter any more
        return Overlay(note=noise)
    badge = f"prediction: {score(foretold.plans, shown.history, view.split).sentence}"
    # how far off they were is one number: once the race has told it, no longer the one that was expected
    return Overlay(foretold.traces(name), badge, f"{foretold.beside} {noise}".strip())


def _of_the_axis(shown: Job, view: View, axis: LossAxis | None) -> str:
    """On the budget axis, how much of the loss is noise; "" on others."""
    if view.loss_axis != "budget":
        return ""
    if axis is None:
        return "The rates take too long to be summed up here; the losses are drawn over updates."
    told = told_by(shown.id, view.split)
    if not isinstance(told, Collapse):
        return told.sentence
    best = max(told.references, key=lambda reference: len(reference.fitted_on))
    return noise_sentence(best, view.split)
