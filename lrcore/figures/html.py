"""A figure as a file that needs nothing else."""

from __future__ import annotations

from lrcore.figures.theme import Figure


def figure_html(figure: Figure, title: str) -> str:
    """One HTML page with the figure and plotly.js in it (about 5 MB): it opens without a network, and
    zooms."""
    from plotly.graph_objects import Figure as PlotlyFigure  # 0.3 s of import, for the few who export
    from plotly.io import to_html

    made = PlotlyFigure(figure)
    made.update_layout(
        template="plotly_white", title={"text": title}, margin={"t": 90}, hovermode="x unified"
    )
    return str(to_html(made, include_plotlyjs=True, full_html=True, config={"displaylogo": False}))
