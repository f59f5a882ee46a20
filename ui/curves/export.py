"""The curves as files: exact rates as CSV, and the picture as a page that needs nothing else."""

from __future__ import annotations

import tempfile
from functools import partial
from io import RawIOBase
from typing import cast

import streamlit as st

from lrcore.analysis.run import Run
from lrcore.figures.html import figure_html
from lrcore.plan import Plan
from ui.curves.stage import drawn
from ui.server import offload
from ui.session.session import session
from ui.session.widgets import initially
from ui.session.workbench import Workbench

_CELLS_MAX = 1_500_000  # some 25 MB of text, which Streamlit keeps in memory


def export_box(bench: Workbench) -> None:
    """CSV with a choice of how many rows, and HTML; PNG and SVG are buttons of the chart itself."""
    horizon = bench.horizon
    shown = drawn(bench)
    plans = tuple(plan for index, plan in enumerate(bench.experiment.plans) if index not in shown.missing)
    choices = strides(horizon, len(plans))
    every = st.selectbox(
        "rows of the CSV",
        choices,
        key=initially("csv_every", choices[0], choices),
        format_func=lambda n: (
            f"every update ({horizon.steps:,} rows)"
            if n == 1
            else f"every {n:,}th update ({-(-horizon.steps // n):,} rows)"
        ),
    )
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "CSV",
            partial(_csv, plans, horizon, every or choices[0], bench.curves.metric, session().owner),
            file_name="learning-rates.csv",
            mime="text/csv",
            icon=":material/download:",
            key="export_csv",
            on_click="ignore",
            disabled=not plans,
        )
        st.download_button(
            "HTML",
            partial(figure_html, shown.figure, "Learning rates"),
            file_name="learning-rates.html",
            mime="text/html",
            icon=":material/download:",
            key="export_html",
            on_click="ignore",
        )
    st.caption(
        "The CSV holds the exact rates. The HTML page holds the picture and plotly.js (5 MB); PNG and SVG are"
        " saved under the chart."
    )


def strides(horizon: Run, plans: int) -> list[int]:
    """The choices of every n-th update whose file stays within some 25 MB, finest first."""
    powers = [10**power for power in range(7)]
    fitting = [n for n in powers if -(-horizon.steps // n) * (plans + 2) <= _CELLS_MAX]
    return [n for n in fitting if n == fitting[0] or n < horizon.steps]


def _csv(
    plans: tuple[Plan, ...], horizon: Run, every: int, metric: tuple[float, ...], owner: str
) -> RawIOBase:
    """Written when somebody clicks, outside this process, into a file that vanishes when it is closed."""
    with tempfile.NamedTemporaryFile(prefix="lrlab-", suffix=".csv") as named:
        offload.csv_file(named.name, plans, horizon, every, metric, owner)
        return cast(RawIOBase, open(named.name, "rb", buffering=0))
