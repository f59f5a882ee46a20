"""A folder for each library: `read` (the calls that are read) and `write` (a plan as a snippet); other files
hold parts of `read`. `torch/check`, `steps`, `leaf` and `rules` step a composition as torch does."""
