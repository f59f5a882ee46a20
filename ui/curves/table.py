"""The read-outs of all plans as a table in their colours."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from html import escape

import streamlit as st

from lrcore.analysis import budget_share, first_below, lr_at, readout
from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.errors import LRLabError
from lrcore.figures.curves import label
from lrcore.figures.theme import color
from lrcore.plan import Plan
from ui.server import offload
from ui.server.offload import Numbers
from ui.server.work_share import outside
from ui.session.session import session
from ui.session.widgets import number_box, picked, show_error, synced, whole
from ui.session.workbench import Workbench, with_curves

_NONE = "–"
_STYLE = """<style>
.lr-table { overflow-x: auto; }
.lr-table table { border-collapse: collapse; width: 100%; font-size: 0.875rem;
font-variant-numeric: tabular-nums; }
.lr-table th, .lr-table td { padding: 0.3rem 0.6rem; text-align: right; white-space: nowrap; }
.lr-table tr { border-bottom: 1px solid rgba(128,128,128,0.25); }
.lr-table .lr-why { white-space: normal; max-width: 22rem; }
.lr-table details[open] { min-width: 14rem; }
.lr-table summary { cursor: pointer; }
.lr-table th { font-weight: 600; vertical-align: bottom; }
.lr-table tbody :is(th, td) { vertical-align: top; }
.lr-table th:first-child { text-align: left; position: sticky; left: 0; }
.lr-table i { display: inline-block; width: 1.3rem; height: 0.3rem; border-radius: 0.15rem;
margin-right: 0.5rem; vertical-align: middle; }
</style>"""


def readings(bench: Workbench) -> tuple[int, float]:
    """The update and the rate that the table asks about: half of the run, and a tenth of the highest base lr,
    unless said."""
    view, horizon = bench.curves, bench.horizon
    at = horizon.steps // 2 if view.read_at is None else min(view.read_at, horizon.steps - 1)
    tenth = max(plan.base_lr for plan in bench.experiment.plans) / 10
    return at, tenth if view.read_below is None else view.read_below


def questions(bench: Workbench) -> None:
    """What the table asks each plan: a place and a rate."""
    at, below = readings(bench)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.header("Read-outs", anchor=False)
        st.space("stretch")
        number_box("at update", synced("read_at", float(at)), on_change=_set_at, width=170)
        number_box("rate below", synced("read_below", below), step=None, on_change=_set_below, width=150)
    show_error("read_at")
    show_error("read_below")


def answers(bench: Workbench) -> None:
    """The table: a row of answers for each plan."""
    at, below = readings(bench)
    heads = (
        "plan", f"lr at {at:,}", f"first below {below:.4g}", "half-life", "final lr", "peak lr", "at", "Σ lr",
        "Σ lr²",
        f"Σ lr spent by {at:,}", "half of it by", "Robbins–Monro",
    )  # fmt: skip
    found = _all_numbers(bench, at, below)
    rows = "".join(map(_row, range(len(found)), bench.experiment.plans, found))
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    st.html(
        f'{_STYLE}<div class="lr-table" role="region" aria-label="Read-outs" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    st.caption(
        "Counts are in updates from 0; a half-life is counted from the peak. Robbins–Monro asks whether Σ lr"
        " = ∞ and Σ lr² < ∞ as the run goes on for ever; it does not rank finite runs."
    )


def _all_numbers(bench: Workbench, at: int, below: float) -> list[Numbers | str]:
    """The numbers of every plan's row, or the sentence that stands there."""
    plans, run, owner = bench.experiment.plans, bench.horizon, session().owner
    calls = {
        id(plan): offload.numbers_call(plan.text, run, at, below)
        for plan in outside(plans, lambda plan: work(plan, run).numbers_ms)
    }
    with suppress(LRLabError):  # too much is waiting: asking for one will say so
        for call in calls.values():
            offload.prepare("numbers", call, owner)
    rows: list[Numbers | str] = []
    for plan in plans:
        try:
            rows.append(
                offload.numbers(calls[id(plan)], owner)
                if id(plan) in calls
                else numbers(plan, run, at, below)
            )
        except LRLabError as error:
            rows.append(str(error))
    return rows


@lru_cache(maxsize=512)
def numbers(plan: Plan, horizon: Run, at: int, below: float) -> Numbers:
    """Everything in a plan's row; kept, since a change of one plan redraws the whole table."""
    steps, per_epoch = horizon.steps, horizon.steps_per_epoch
    return (
        readout(plan, steps, per_epoch),
        lr_at(plan, at, per_epoch),
        first_below(plan, below, steps, per_epoch),
        float(budget_share(plan, at, steps, per_epoch)),
    )


def _row(index: int, plan: Plan, found: Numbers | str) -> str:
    head = f'<th scope="row"><i style="background:{color(index)}"></i>{escape(label(index, plan))}</th>'
    if isinstance(found, str):
        why = found
        if plan.schedule.listens:
            why = "It follows a metric; the chart shows its rate for the series under Metric."
        cell = f'<td colspan="11" style="text-align:left;white-space:normal">{escape(why)}</td>'
        return f"<tr>{head}{cell}</tr>"
    out, rate, under, share = found
    verdict = {True: "both hold", False: "fails", None: "undecided"}[out.verdict.both]
    cells = (
        _rate(rate), _count(under, "never"), _count(out.half_life, "never"), _rate(out.final_lr),
        _rate(out.peak_lr),
        _count(out.peak_step), _rate(out.total), _rate(out.squares), f"{100 * share:.1f} %",
        f"{100 * out.half_spent_share:.1f} %",
    )  # fmt: skip
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    # opened by a click, a key or a finger: a tooltip is for the mouse alone
    why = f"<details><summary>{verdict}</summary>{escape(out.verdict.reason)}</details>"
    return f'<tr>{head}{body}<td class="lr-why">{why}</td></tr>'


def _rate(value: float) -> str:
    return f"{value:.4g}"


def _count(value: int | None, none: str = _NONE) -> str:
    return none if value is None else f"{value:,}"


def _set_at() -> None:
    value = picked("read_at")
    if value is None:
        return

    def change(bench: Workbench) -> Workbench:
        last = bench.horizon.steps - 1
        if not (0 <= value <= last and value.is_integer()):
            raise LRLabError(f"The run has the updates 0 to {last:,}, but {whole(value):,} arrived.")
        return with_curves(bench, read_at=int(value))

    session().edit("read_at", change)


def _set_below() -> None:
    value = picked("read_below")
    if value is None:
        return
    if value > 0:
        session().edit_curves("read_below", read_below=float(value))
    else:
        session().refuse("read_below", f"A rate to fall below is above 0, but {value:g} arrived.")
