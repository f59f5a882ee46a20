"""Pictures as plain Plotly figures (`{"data": [...], "layout": {...}}`): data in, dict out.

Dicts instead of `plotly.graph_objects` save 3 ms a redraw; the tests build a `go.Figure` from each, which
validates it.
"""
