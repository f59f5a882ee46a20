"""The hand-written function of a training script, in and out."""
