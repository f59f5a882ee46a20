"""The plan of another kind that shares something with a given one: `match` (what is asked), `rules` (which
parameter is solved for), `solve` (bisection), `fit` (least squares)."""
