"""What a run says and what it means: `events` and `history` (the run as data), `comparison` (plans seed by
seed), `facts`, `causes` and `power` (why, and what it takes to tell), `story` and `reports` (as sentences
and as tables)."""
