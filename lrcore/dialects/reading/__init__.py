"""A safe subset of Python, interpreted: a pasted script becomes values, and nothing in it is run.

A script: `statements` (above `own_functions` and `calls`, which it is made of), `names`, `optimizer_lines`.
Its expressions: `expressions` over `lookup`, `functions`, `arithmetic` and `results`; `values` is what they
give, `syntax` looks at trees, `work` bounds the whole.

A rule by hand: `handwritten` finds it, `bodies` and `symbols` make it one expression over `nodes` and
`step_names`, `formulas` and `recognise` give it a schedule. `composed` reads a rule that calls a schedule.

For the folders in `libraries`: `make` (checked arguments, and what a reader returns), `signatures`, `rules`.
"""
