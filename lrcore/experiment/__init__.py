"""What is trained: data, model, optimiser and plans as one value with one hash."""

from lrcore.experiment.experiment import MLP, Experiment
from lrcore.experiment.optimizers import OPTIMIZERS, OptimizerSpec, optimizer_class

__all__ = ["MLP", "OPTIMIZERS", "Experiment", "OptimizerSpec", "optimizer_class"]
