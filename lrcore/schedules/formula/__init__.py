"""Expressions of a rate: the language that a person types, the one expression of each kind, and their
LaTeX."""
