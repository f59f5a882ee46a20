"""What is trained: data, model, optimiser and plans as one value with one hash (`experiment`,
`optimizers`), what it costs (`cost`), and some of its members for another machine (`part`)."""

from lrcore.experiment.experiment import MLP, Experiment
from lrcore.experiment.optimizers import OPTIMIZERS, OptimizerSpec, optimizer_class

__all__ = ["MLP", "OPTIMIZERS", "Experiment", "OptimizerSpec", "optimizer_class"]
