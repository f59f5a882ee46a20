"""The two pictures of the decay question are valid figures."""

from __future__ import annotations

import plotly.graph_objects as go

from lrcore.analysis.decay_question import Question
from lrcore.figures.decay_question import inverse_figure, question_figure


def test_the_panels_figures_are_valid() -> None:
    for question in (Question(), Question(lr_decay=1e-7), Question(steps=2, step_size=1)):
        go.Figure(question_figure(question))
        go.Figure(inverse_figure(question))
