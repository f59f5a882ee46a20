"""transformers' schedules, in and out."""
