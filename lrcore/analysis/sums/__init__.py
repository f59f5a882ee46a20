"""Sums of a plan over its updates: `budget` (what is asked), `closed` (cycles), `quadrature` (smooth
pieces)."""
