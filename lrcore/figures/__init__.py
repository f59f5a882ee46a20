"""Pictures as plain Plotly figures (`{"data": [...], "layout": {...}}`): data in, dict out.

`curves` and `losses` are the Playground's charts; `whole_run`, `decay_question` and `html` (a file to keep)
the Curves page's; `thumbnail` draws a data set, `theme` has the palette.

Dicts instead of `plotly.graph_objects` save 3 ms a redraw; the tests build a `go.Figure` from each, which
validates it.
"""
