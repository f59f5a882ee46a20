"""The losses of a run as a table for other programs: a row for each evaluation of each network."""

from __future__ import annotations

from collections.abc import Iterator

from lrcore.experiment import Experiment
from lrcore.results.events import History

_COLUMNS = "update,plan,seed,lr,training_loss,validation_loss,validation_{metric},text"


def losses_csv(experiment: Experiment, history: History) -> Iterator[str]:
    """A header, then a row per evaluation, plan (from 1, with its text at the end) and seed (from 0), in
    blocks of text.

    The digits are the shortest that give the number back. A network that has diverged has rows as long as it
    was evaluated, with what it had: nan or inf where that is no number.
    """
    metric = "accuracy" if experiment.data.task == "classification" else "r2"
    texts = ['"' + plan.text.replace('"', '""') + '"' for plan in experiment.plans]
    yield _COLUMNS.format(metric=metric) + "\n"
    parts = (history.lr, history.train_loss, history.val_loss, history.val_metric)
    for at, update in enumerate(history.step.tolist()):
        numbers = [part[at].tolist() for part in parts]
        yield "".join(
            f"{update},{plan + 1},{seed},{','.join(repr(part[plan][seed]) for part in numbers)},{text}\n"
            for plan, text in enumerate(texts)
            for seed in range(history.lr.shape[2])
        )
