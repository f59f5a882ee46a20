"""A finished run as text: a table, JSON or CSV, for the command line and whoever writes a file."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, get_args

import orjson

from lrcore.experiment import Experiment
from lrcore.results.comparison import compare, results, sentence
from lrcore.results.events import NOT_DIVERGED, Finished, History

Format = Literal["table", "csv", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)


def run_as_text(
    experiment: Experiment,
    finished: Finished,
    device: str,
    against: int,
    form: Format,
    *,
    with_history: bool,
) -> str:
    """A run in one of the `FORMATS`; `against` is the plan, from 0, that the others are compared with. The
    table has no history."""
    match form:
        case "json":
            whole = report(experiment, finished, device, against, with_history=with_history)
            return as_json(whole, indent=not with_history)
        case "csv":
            return as_csv((history_rows if with_history else result_rows)(experiment, finished.history))
        case "table":
            return as_table(experiment, finished, device, against)


def report(
    experiment: Experiment, finished: Finished, device: str, against: int, *, with_history: bool
) -> dict[str, object]:
    """Everything that a run has to say, as plain data; `as_json` writes what is not finite (a diverged loss)
    as null."""
    history = finished.history
    rows = zip(experiment.plans, results(history), strict=True)
    pairs = [
        (index, compare(history, index, against))
        for index in range(len(experiment.plans))
        if index != against
    ]
    whole: dict[str, object] = {
        "id": finished.experiment_id,
        "experiment": experiment.model_dump(mode="json"),
        "device": device,
        "steps_done": finished.steps_done,
        "stopped": finished.stopped,
        "seconds": finished.seconds,
        "plans": [{"plan": plan.text, **dataclasses.asdict(row)} for plan, row in rows],
        "comparison": [
            {
                "plan": index + 1,
                "against": against + 1,
                **dataclasses.asdict(pair),
                "text": f"plan {index + 1} {sentence(pair, against)}",
            }
            for index, pair in pairs
        ],
    }
    if with_history:
        whole["history"] = {field.name: getattr(history, field.name) for field in dataclasses.fields(history)}
    return whole


def as_json(value: object, *, indent: bool) -> str:
    """Strict JSON: NaN and infinities, which it does not know, are null."""
    option = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(value, option=option).decode()


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows as text; every line ends in a line feed alone."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def result_rows(experiment: Experiment, history: History) -> Iterator[list[object]]:
    """A header and one row per plan."""
    rows = results(history)
    yield ["plan", "text", *(field.name for field in dataclasses.fields(rows[0]))]
    for number, (plan, row) in enumerate(zip(experiment.plans, rows, strict=True), 1):
        yield [number, plan.text, *map(_cell, dataclasses.astuple(row))]


def history_rows(experiment: Experiment, history: History) -> Iterator[list[object]]:
    """A header and one row per evaluation, plan and seed."""
    curves = ("train_loss", "val_loss", "val_metric", "lr")
    yield ["step", "epoch", "plan", "text", "seed", *curves, "diverged_at"]
    for e, step in enumerate(history.step.tolist()):
        for p, plan in enumerate(experiment.plans):
            for s in range(experiment.seeds):
                values = [_cell(float(getattr(history, name)[e, p, s])) for name in curves]
                update = int(history.diverged_at[p, s])
                diverged_at = "" if update == NOT_DIVERGED else update
                epoch = repr(step / experiment.steps_per_epoch)
                yield [step, epoch, p + 1, plan.text, s, *values, diverged_at]


def as_table(experiment: Experiment, finished: Finished, device: str, against: int) -> str:
    """The results for a person to read: one line per plan, then each plan against plan number `against` (from
    0)."""
    history = finished.history
    metric = "accuracy" if experiment.data.task == "classification" else "R^2"
    names = ("", "final train", "final val", "best train", "best val", metric, "diverged")
    lines = [f"plan {number}: {plan.text}" for number, plan in enumerate(experiment.plans, 1)]
    lines += ["", "".join(f"{name:>13}" if name else f"{name:<8}" for name in names)]
    for number, row in enumerate(results(history), 1):
        diverged = f"{row.diverged} of {row.seeds}"
        if row.diverged:
            diverged += f", first at update {row.first_divergence}"
        losses = (row.final_train, row.final_val, row.best_train, row.best_val)
        value = "" if math.isnan(row.metric) else f"{row.metric:.4f}"
        lines.append(
            f"plan {number:<3}"
            + "".join(f"{_loss(loss):>13}" for loss in losses)
            + f"{value:>13}"
            + f"     {diverged}"
        )
    others = [index for index in range(len(experiment.plans)) if index != against]
    if others:
        lines += ["", "Final training loss, paired by seed:"]
        lines += [
            f"  plan {index + 1} {sentence(compare(history, index, against), against)}" for index in others
        ]
    done = f"{finished.steps_done} of {experiment.steps} updates" + (", stopped" if finished.stopped else "")
    lines += [
        "",
        (
            f"experiment {finished.experiment_id}: {experiment.seeds} seeds, {done}, {finished.seconds:.1f} s"
            f" on {device}"
        ),
    ]
    return "\n".join(lines) + "\n"


def _loss(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "diverged"


def _cell(value: object) -> object:
    """Shortest exact digits; an empty cell for what has no number."""
    if isinstance(value, float):
        return repr(value) if not math.isnan(value) else ""
    return "" if value is None else value
