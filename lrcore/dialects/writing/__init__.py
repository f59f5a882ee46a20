"""A rate as code: `formulas` (a schedule's rate as one expression) and `render` (its words in Python's math,
jax.numpy or keras.ops)."""
