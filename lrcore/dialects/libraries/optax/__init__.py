"""optax, in and out."""
