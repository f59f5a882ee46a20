"""keras.optimizers.schedules, in and out."""
