"""What can be taken away from a run: a link to all that is shown, and its losses as a file."""

from __future__ import annotations

import streamlit as st

from lrcore.experiment import Experiment
from lrcore.results.events import History
from lrcore.results.losses_csv import losses_csv
from ui.components.copy_link import copy_link


def take_away(experiment: Experiment, history: History) -> None:
    """Two buttons below the results."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="take_away"):
        st.download_button(
            "Losses as CSV",
            lambda: "".join(losses_csv(experiment, history)),
            file_name="losses.csv",
            mime="text/csv",
            icon=":material/download:",
            key="losses_csv",
            on_click="ignore",
            help="Each evaluation of each network, with the rate that it used.",
        )
        copy_link(key="copy_link")
