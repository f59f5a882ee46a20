"""The numbers of what is allowed in one experiment, and nothing else.

A page shows them, the command line obeys them and a worker never sees an experiment that breaks them.
"""

PLANS_MAX = 20
SEEDS_MAX = 20
STEPS_MAX = 20_000
BATCH_MAX = 1024
POINTS_MAX = 4096  # training points of a generated data set
LAYERS_MAX = 6
WIDTH_MAX = 256
COST_MAX_S = 900.0  # a shared machine's patience for one job
