"""What a run says and what it means: `events` and `history` (the run as data), `comparison` (plans seed by
seed), `story` and `reports` (as sentences and as tables)."""
